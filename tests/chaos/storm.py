"""A network with many profiles, where each call may go wrong. Its ledger lives in this process and survives everything.

Unlike the real ones it takes the same text twice: so a second sending shows, instead of being refused.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.chaos.weather import Weather
from tests.networks.fake import Answer, Call, Dialect
from tests.networks.fake_graph import FakeGraph
from tests.networks.fake_x import FakeX


class Showing(Dialect):
    """A profile whose new posts show late in its lists, and whose sign-in can be revoked."""

    own_id: str
    ask: Callable[[int], tuple[str, str]]
    ledger: Callable[[], list[tuple[str, str]]]
    page_size = 100
    refuses_duplicates = False

    def begin(self, weather: Weather) -> None:
        self.weather = weather
        self.lock = threading.Lock()
        self.shown_from: dict[str, float] = {}
        self.creates: Counter[str] = Counter()
        self.reads_done = 0
        self.sign_in = 0

    @property
    def token(self) -> str:  # type: ignore[override]
        return f"{self.own_id}.{self.sign_in}"

    def shows(self, remote_id: str) -> bool:
        return time.monotonic() >= self.shown_from.get(remote_id, 0)

    def route(self, call: Call) -> Answer:
        with self.lock:
            answer = super().route(call)
            if call.method == "POST" and answer.status < 300:
                remote_id = (answer.body.get("data") or answer.body)["id"]
                self.shown_from[remote_id] = time.monotonic() + self.weather.lag_of(text_of(call))
            return answer


class XProfile(Showing, FakeX):
    def ask(self, number: int) -> tuple[str, str]:
        """Somebody's question; its id, and that of the post beneath which it stands."""
        return self.mention(f"Question {number}"), ""

    def ledger(self) -> list[tuple[str, str]]:
        return [(post["sent"], post["id"]) for post in self.own]


class Page(Showing, FakeGraph):
    def ask(self, number: int) -> tuple[str, str]:
        post = self.add(f"About {number}")
        return self.comment(post, f"Question {number}"), post

    def ledger(self) -> list[tuple[str, str]]:
        comments = [one for some in self.comments.values() for one in some]
        written = [one for one in (*self.posts.values(), *comments) if one["from"]["id"] == self.own_id]
        return [(one["message"], one["id"]) for one in written]


KINDS: dict[str, type[Showing]] = {"x": XProfile, "facebook": Page}


class Storm(Dialect):
    """One address for all profiles of a network, told apart by their tokens."""

    def __init__(self, network: str, own_ids: list[str], weather: Weather) -> None:
        super().__init__()
        self.weather = weather
        self.calm = False
        self.down = ""  # or "error", or "cut": what every call gets
        self.struck: Counter[str] = Counter()
        self.profiles = {own_id: KINDS[network](own_id) for own_id in own_ids}
        for one in self.profiles.values():
            one.begin(weather)

    def answer(self, call: Call) -> Answer | None:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        one = self.profiles[token.partition(".")[0]]
        with one.lock:
            fault = self.down or self.drawn(one, call)
            self.struck[f"{call.method} {fault}"] += 1
            if fault == "revoked":
                one.sign_in += 1
        return self.refused(one, call, token) or self.struck_by(fault, one, call)

    def drawn(self, one: Showing, call: Call) -> str:
        if self.calm:
            return ""
        if call.method == "POST":
            text = text_of(call)
            one.creates[text] += 1
            return self.weather.of_write(f"{one.own_id}:{text}", one.creates[text])
        one.reads_done += 1
        return self.weather.of_read(one.own_id, one.reads_done)

    def refused(self, one: Showing, call: Call, token: str) -> Answer | None:
        """A sign-in that came after the revocation is fine; so connecting again is a token with a higher number."""
        return one.refusal("signed_out") if int(token.partition(".")[2]) < one.sign_in else None

    def struck_by(self, fault: str, one: Showing, call: Call) -> Answer | None:
        if fault in {"silent", "silent_after"}:
            if fault == "silent_after":
                one.route(call)
            time.sleep(self.weather.patience * 1.2)
            return None
        if fault in {"slow", "late"}:
            text = text_of(call) or one.own_id
            time.sleep(self.weather.lateness if fault == "late" else self.weather.slowness(text))
            return one.route(call)
        if fault.startswith("limited"):
            return limited(one, named=fault == "limited")
        if fault in {"nonsense", "half", "empty"} or fault.endswith("_after"):
            one.route(call)
        return one._struck(fault) if fault else one.route(call)


def limited(one: Showing, *, named: bool) -> Answer:
    """With the time of the reset, in a second, or without any."""
    answer = one.refusal("limited_bare")
    return Answer(answer.status, answer.body, {**answer.headers, **({"Retry-After": "1"} if named else {})})


def text_of(call: Call) -> str:
    if call.method != "POST":
        return ""
    sent: dict[str, Any] = call.json if call.path.startswith("/2/") else call.form
    return str(sent.get("text") or sent.get("message") or "")
