"""The stream says what changed to those who may know of it, and to nobody else."""

import contextlib
import json
import os
import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
import redis
import requests

from foundation.processes import realtime
from organizations.configuration.usage_quotas import streams_key
from socialops.hint_hub import MOST_OF_SESSION, MOST_UNREAD, Listener, LoggedHint
from tests.builders import PASSWORD
from tests.ops.conftest import SignIn, enter, found
from tests.ops.eventually import eventually
from tests.stack import Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Without worker and beat: what they collect is told as well, and here only what a test does shall be."""
    with running(only=("web",)) as stack:
        for slug, owner in (("acme", "olive"), ("globex", "mallory")):
            found(stack, slug, f"{owner}@{slug}.example")
        yield stack


@pytest.fixture(scope="module")
def signed_in(stack: Stack) -> SignIn:
    return lambda email: enter(stack, email)


class Reader:
    """Reads one stream in the background."""

    def __init__(self, stack: Stack, session: requests.Session, slug: str = "acme", since: str = "") -> None:
        self.answer = session.get(f"{stack.url}/o/{slug}/stream/", params={"since": since}, stream=True, timeout=60)
        self.hints: queue.Queue[dict[str, Any] | None] = queue.Queue()
        if self.answer.status_code == 200:
            self.port = port_of(self.answer)
            threading.Thread(target=self.follow, daemon=True).start()

    def follow(self) -> None:
        try:
            for line in self.answer.iter_lines(chunk_size=1):
                if line.startswith(b"data: "):
                    self.hints.put(json.loads(line[6:]))
        except (requests.RequestException, AttributeError):  # the test closed it meanwhile
            pass
        self.hints.put(None)

    def leave(self) -> None:
        if self.answer.raw.closed:
            return
        # close() would wait for the thread that reads
        with socket.socket(fileno=os.dup(self.answer.raw.fileno())) as connection:
            connection.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Who does not say as of when they know everything is told to ask for everything."""
        with contextlib.suppress(queue.Empty):
            while self.next(within=0.3):
                pass

    def next(self, within: float = 5) -> dict[str, Any] | None:
        return self.hints.get(timeout=within)


def port_of(answer: requests.Response) -> int:
    """Ours, of the connection on which it comes."""
    with socket.socket(fileno=os.dup(answer.raw.fileno())) as connection:
        return int(connection.getsockname()[1])


@pytest.fixture(scope="module")
def acme(stack: Stack) -> int:
    return int(stack.sql("SELECT id FROM organizations_organization WHERE slug = 'acme'")[0][0])


@pytest.fixture(scope="module", autouse=True)
def _ed(stack: Stack) -> None:
    ed = ("--organization", "acme", "--email", "ed@acme.example", "--role", "member")
    stack.run_command("create_member", *ed, MEMBER_PASSWORD=PASSWORD)


@pytest.fixture
def olive(stack: Stack, signed_in: SignIn) -> Iterator[Reader]:
    reader = Reader(stack, signed_in("olive@acme.example"))
    reader.forget()
    yield reader
    reader.leave()


def say(stack: Stack, organization: int, topic: str, profile: int | None = None) -> None:
    tell(stack, organization, {"topic": topic, "id": 7, "profile": profile})


def tell(stack: Stack, organization: int, hint: dict[str, Any]) -> None:
    realtime.emit_hint(stack.redis(), organization, hint)


def test_it_says_topic_and_id_only(stack: Stack, acme: int, olive: Reader) -> None:
    assert olive.answer.headers["content-type"].startswith("text/event-stream")
    assert olive.answer.headers["x-accel-buffering"] == "no"
    assert "no-cache" in olive.answer.headers["cache-control"]
    say(stack, acme, "posts")
    assert olive.next() == {"topic": "posts", "id": 7}


def moment(stack: Stack) -> str:
    seconds, microseconds = stack.redis().time()
    return str(seconds * 1000 + microseconds // 1000)


RESYNC = {"topic": "resync", "id": ""}


@pytest.fixture
def begun(stack: Stack, acme: int) -> None:
    """The log reaches back to before the test."""
    say(stack, acme, "begun")


def missed(stack: Stack, session: requests.Session, since: str, **query: str) -> dict[str, Any]:
    asked = {"headers": {"Accept": "application/json"}, "params": {"since": since, **query}}
    answer = session.get(f"{stack.url}/o/acme/stream/", timeout=10, **asked)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


def test_what_came_between_the_page_and_its_stream_is_heard_however_late(
    stack: Stack, acme: int, signed_in: SignIn, begun: None
) -> None:
    session, drawn = signed_in("olive@acme.example"), moment(stack)
    say(stack, acme, "early")
    reader = Reader(stack, session, since=drawn)
    say(stack, acme, "late")
    assert [reader.next(), reader.next()] == [{"topic": "early", "id": 7}, {"topic": "late", "id": 7}]
    reader.leave()


def test_what_a_page_missed_can_be_asked_for_at_once(stack: Stack, acme: int, signed_in: SignIn, begun: None) -> None:
    session, drawn = signed_in("olive@acme.example"), moment(stack)
    assert missed(stack, session, drawn)["hints"] == []
    say(stack, acme, "early")
    say(stack, acme, "secret", profile=999_999)
    found = missed(stack, session, drawn)
    assert found["hints"] == [{"topic": "early", "id": 7}]
    assert int(found["until"]) >= int(drawn)
    eventually(lambda: moment(stack) > found["until"])
    assert missed(stack, session, moment(stack))["hints"] == []


@pytest.mark.parametrize("since", ["", "yesterday", "1", "9" * 15, "9" * 40, "-1", "²"])
def test_who_cannot_say_since_when_is_told_to_ask_for_everything(
    stack: Stack, signed_in: SignIn, since: str, begun: None
) -> None:
    assert missed(stack, signed_in("olive@acme.example"), since)["hints"] == [RESYNC]


def test_a_log_that_was_cut_off_or_emptied_does_not_pass_for_a_whole_one(
    stack: Stack, acme: int, signed_in: SignIn, begun: None
) -> None:
    session, drawn = signed_in("olive@acme.example"), moment(stack)
    store, log = stack.redis(), realtime.hint_log_key(realtime.channel(acme))
    eventually(lambda: moment(stack) > drawn)
    for _ in range(realtime.MAX_HINTS + 200):
        store.eval(realtime.PUBLISH_SCRIPT, 2, log, "nobody", '{"topic": "posts", "id": ""}', realtime.MAX_HINTS, 60)
    assert store.xlen(log) < realtime.MAX_HINTS + 200
    assert missed(stack, session, drawn)["hints"] == [RESYNC]
    drawn = moment(stack)
    assert missed(stack, session, drawn)["hints"] == []
    eventually(lambda: moment(stack) > drawn)
    store.delete(log)
    assert missed(stack, session, drawn)["hints"] == [RESYNC]
    eventually(lambda: missed(stack, session, moment(stack))["hints"] == [])


def test_what_could_not_be_said_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[int, Any]] = []

    def away(_store: object, organization: int, hint: Any) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(realtime, "lost_organizations", set())
    monkeypatch.setattr(realtime, "emit_hint", away)
    realtime.publish_hint(1, {"topic": "posts"})
    realtime.publish_hint(2, {"topic": "posts"})
    monkeypatch.setattr(
        realtime, "emit_hint", lambda _store, organization, hint: said.append((organization, hint["topic"]))
    )
    realtime.publish_hint(3, {"topic": "inbox"})
    assert sorted(said) == [(1, "resync"), (2, "resync"), (3, "inbox")]
    realtime.publish_hint(3, {"topic": "inbox"})
    assert len(said) == 4


def test_what_is_about_an_invisible_profile_is_not_said(stack: Stack, acme: int, olive: Reader) -> None:
    say(stack, acme, "secret", profile=999_999)
    say(stack, acme, "posts")
    assert olive.next() == {"topic": "posts", "id": 7}


def test_other_organizations_hear_nothing(stack: Stack, acme: int, signed_in: SignIn) -> None:
    mallory = Reader(stack, signed_in("mallory@globex.example"), "globex")
    mallory.forget()
    say(stack, acme, "posts")
    with pytest.raises(queue.Empty):
        mallory.next(within=0.5)
    mallory.leave()


def test_outsiders_find_nothing_and_who_is_not_signed_in_is_told_so(stack: Stack, signed_in: SignIn) -> None:
    assert Reader(stack, signed_in("mallory@globex.example")).answer.status_code == 404
    assert Reader(stack, requests.Session()).answer.status_code == 401


def test_a_page_that_was_drawn_for_somebody_else_hears_nothing(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    olive, ed = (
        stack.sql("SELECT id FROM organizations_user WHERE email = %s", [f"{name}@acme.example"])[0][0]
        for name in ("olive", "ed")
    )
    address = f"{stack.url}/o/acme/stream/"
    assert session.get(address, params={"for": ed}, timeout=10).status_code == 401
    assert missed(stack, session, "", **{"for": str(olive)})["hints"] == [RESYNC]


@pytest.fixture(scope="module")
def profile(stack: Stack, signed_in: SignIn) -> int:
    """One that Ed may not see yet."""
    post(stack, signed_in("olive@acme.example"), "profiles/connect/", **PRACTICE)
    return int(stack.sql("SELECT id FROM networks_profile WHERE handle = 'bakery'")[0][0])


PRACTICE = {"practice-network": "x", "practice-credentials": "bakery"}


def post(stack: Stack, session: requests.Session, path: str, under: str = "/o/acme/", **form: object) -> None:
    form["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    answer = session.post(stack.url + under + path, data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:500]


@pytest.fixture
def ed(stack: Stack, signed_in: SignIn) -> Iterator[Reader]:
    reader = Reader(stack, signed_in("ed@acme.example"))
    reader.forget()
    yield reader
    reader.leave()


def heard_until(reader: Reader, last: str) -> list[tuple[str, object]]:
    """All that is said up to this topic."""
    heard: list[tuple[str, object]] = []
    while not heard or heard[-1][0] != last:
        hint = reader.next()
        assert hint is not None, f"the stream ended after {heard}"
        heard.append((hint["topic"], hint["id"]))
    return heard


def test_a_right_is_heard_of_while_one_has_it(
    stack: Stack, acme: int, olive: Reader, ed: Reader, profile: int, signed_in: SignIn
) -> None:
    """Given and taken on the page; what is said before, in between and after it, on one open stream."""
    admin = signed_in("olive@acme.example")
    member = int(stack.sql("SELECT m.id FROM organizations_member m JOIN organizations_user u ON u.id = user_id "
                           "WHERE email = 'ed@acme.example'")[0][0])  # fmt: skip
    key, page = f"member-{member}", f"profiles/{profile}/rights/"
    say(stack, acme, "before", profile)
    post(stack, admin, page + "add/", holder=key, level="contributor")
    say(stack, acme, "between", profile)
    post(stack, admin, page, row=key)
    say(stack, acme, "after", profile)
    say(stack, acme, "end")
    assert heard_until(ed, "end") == [("rights", ""), ("between", 7), ("rights", ""), ("end", 7)]
    topics = [topic for topic, _id in heard_until(olive, "end")]
    assert topics == ["before", "rights", "between", "rights", "after", "end"]


def test_which_thing_it_is_is_named_to_those_who_may_see_it(
    stack: Stack, acme: int, olive: Reader, ed: Reader, profile: int
) -> None:
    tell(stack, acme, {"topic": "profiles", "id": profile, "profile": None})
    tell(stack, acme, {"topic": "notifications", "id": 999_999, "profile": None})
    tell(stack, acme, {"topic": "tasks", "id": 7, "profile": None, "members": [999_999]})
    say(stack, acme, "end")
    assert heard_until(ed, "end") == [("tasks", ""), ("end", 7)]
    assert heard_until(olive, "end") == [("profiles", profile), ("tasks", 7), ("end", 7)]


def test_a_device_that_was_signed_out_hears_no_more(stack: Stack, acme: int, ed: Reader, signed_in: SignIn) -> None:
    here = signed_in("ed@acme.example")
    there = "SELECT s.id FROM usersessions_usersession s JOIN organizations_user u ON u.id = user_id "
    for (pk,) in stack.sql(
        there + "WHERE email = 'ed@acme.example' AND session_key <> %s", [here.cookies["sessionid"]]
    ):
        post(stack, here, f"{pk}/end/", under="/accounts/sessions/")
    say(stack, acme, "afterwards")
    assert ended(ed)
    assert Reader(stack, here).answer.status_code == 200


def test_an_api_token_opens_no_stream(stack: Stack) -> None:
    token = stack.run_command(
        "create_api_token", "--organization", "acme", "--email", "olive@acme.example", "--name", "t"
    )
    bearer = {"Authorization": f"Bearer {json.loads(token.stdout)['token']}"}
    assert requests.get(f"{stack.url}/api/v1/teams/", headers=bearer, timeout=10).status_code == 200
    assert requests.get(f"{stack.url}/o/acme/stream/", headers=bearer, timeout=10).status_code == 401


def test_who_was_off_boarded_hears_no_more(stack: Stack, acme: int, ed: Reader, signed_in: SignIn) -> None:
    people = "SELECT m.id FROM organizations_member m JOIN organizations_user u ON u.id = user_id WHERE email = %s"
    leaver, taker = (stack.sql(people, [f"{name}@acme.example"])[0][0] for name in ("ed", "olive"))
    post(
        stack,
        signed_in("olive@acme.example"),
        f"settings/people/{leaver}/leave/",
        successor=taker,
        name="ed@acme.example",
    )
    say(stack, acme, "afterwards")
    assert ended(ed)


def ended(reader: Reader) -> bool:
    """Within seconds, without anything more about anybody's things."""
    while hint := reader.next():
        assert hint["topic"] in {"rights", "sessions"}
    return True


def test_after_redis_was_away_everything_is_asked_for_again(stack: Stack, acme: int, olive: Reader) -> None:
    stack.redis().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    assert olive.next() == {"topic": "resync", "id": ""}
    say(stack, acme, "posts")
    assert olive.next() == {"topic": "posts", "id": 7}


def test_readers_who_leave_are_forgotten(stack: Stack, acme: int, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    left = [Reader(stack, session) for _ in range(6)]
    assert {reader.port for reader in left} <= served(stack)
    for reader in left:
        reader.leave()
    eventually(lambda: not {reader.port for reader in left} & served(stack))
    eventually(lambda: not places_of(stack, acme))


def served(stack: Stack) -> set[int]:
    """The ports of all clients that the web process holds a connection with, in whatever state."""
    web = psutil.Process(stack.processes["web"].pid)
    every = [web, *web.children(recursive=True)]
    return {one.raddr.port for process in every for one in process.net_connections("tcp") if one.raddr}


def places_of(stack: Stack, organization: int) -> dict[bytes, float]:
    """When each open stream has last shown that it is one."""
    return dict(stack.redis().zrange(f"socialops:places:{streams_key(organization)}", 0, -1, withscores=True))


def test_a_session_has_eight_and_the_ninth_misses_nothing(
    stack: Stack, acme: int, signed_in: SignIn, begun: None
) -> None:
    session, drawn = signed_in("olive@acme.example"), moment(stack)
    readers = [Reader(stack, session) for _ in range(MOST_OF_SESSION)]
    for reader in readers:
        reader.forget()
    say(stack, acme, "early")
    readers.append(Reader(stack, session, since=drawn))
    say(stack, acme, "late")
    first, second, *_others, ninth = readers
    assert [first.next(), first.next()] == [{"topic": "early", "id": 7}, None]
    assert heard_until(second, "late") == heard_until(ninth, "late") == [("early", 7), ("late", 7)]
    eventually(lambda: len(places_of(stack, acme)) == MOST_OF_SESSION)  # the first gave its place back
    for reader in readers:
        reader.leave()


def test_who_was_told_to_end_ends_whatever_comes_after() -> None:
    listener = Listener()
    listener.deliver(None)
    for number in range(2 * MOST_UNREAD):
        listener.deliver(LoggedHint((number, 0), {"topic": "posts", "id": ""}))
    assert listener.entries.get_nowait() is None


def test_who_does_not_read_is_told_to_ask_for_everything_and_ends_when_told_to() -> None:
    listener = Listener()
    for number in range(MOST_UNREAD):
        listener.deliver(LoggedHint((number, 0), {"topic": "posts", "id": ""}))
    assert listener.entries.qsize() == MOST_UNREAD
    listener.deliver(LoggedHint((MOST_UNREAD, 7), {"topic": "posts", "id": ""}))
    assert listener.entries.get_nowait() == LoggedHint((MOST_UNREAD, 7), RESYNC)
    assert listener.entries.empty()
    for number in range(MOST_UNREAD):
        listener.deliver(LoggedHint((number, 0), {"topic": "posts", "id": ""}))
    listener.deliver(None)
    assert listener.entries.get_nowait() is None


def test_changed_rights_renew_the_place_as_well(stack: Stack, signed_in: SignIn) -> None:
    globex = int(stack.sql("SELECT id FROM organizations_organization WHERE slug = 'globex'")[0][0])
    reader = Reader(stack, signed_in("mallory@globex.example"), "globex")
    reader.forget()
    ((holder, _at),) = places_of(stack, globex).items()
    stack.redis().zadd(f"socialops:places:{streams_key(globex)}", {holder: 1})
    tell(stack, globex, {"topic": "rights", "id": ""})
    eventually(lambda: places_of(stack, globex)[holder] > 1, within=10)
    reader.leave()


def test_an_organization_has_so_many_at_once(stack: Stack, signed_in: SignIn) -> None:
    mallory = signed_in("mallory@globex.example")
    stack.run_command("set_quota", "--organization", "globex", "--streams", "1")
    first = Reader(stack, mallory, "globex")
    assert first.answer.status_code == 200
    assert Reader(stack, mallory, "globex").answer.status_code == 429
    first.leave()
    eventually(lambda: opened(stack, mallory), within=10)
    stack.run_command("set_quota", "--organization", "globex", "--streams", "default")


def opened(stack: Stack, session: requests.Session) -> bool:
    reader = Reader(stack, session, "globex")
    reader.leave()
    return reader.answer.status_code == 200
