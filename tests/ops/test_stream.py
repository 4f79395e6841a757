"""The stream says what changed to those who may know of it, and to nobody else."""

import contextlib
import json
import os
import queue
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from socialops.lib.realtime import channel
from tests.builders import PASSWORD
from tests.ops.conftest import SignIn
from tests.ops.eventually import eventually
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]


class Reader:
    """Reads one stream in the background."""

    def __init__(self, stack: Stack, session: requests.Session, slug: str = "acme") -> None:
        self.answer = session.get(f"{stack.url}/o/{slug}/stream/", stream=True, timeout=60)
        self.hints: queue.Queue[dict[str, Any] | None] = queue.Queue()
        if self.answer.status_code == 200:
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
        """What was said shortly before this test is heard again."""
        with contextlib.suppress(queue.Empty):
            while self.next(within=0.3):
                pass

    def next(self, within: float = 5) -> dict[str, Any] | None:
        return self.hints.get(timeout=within)


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
    stack.redis().publish(channel(organization), json.dumps(hint))


def test_it_says_topic_and_id_only(stack: Stack, acme: int, olive: Reader) -> None:
    assert olive.answer.headers["content-type"].startswith("text/event-stream")
    assert olive.answer.headers["x-accel-buffering"] == "no"
    assert "no-cache" in olive.answer.headers["cache-control"]
    say(stack, acme, "posts")
    assert olive.next() == {"topic": "posts", "id": 7}


def test_what_came_between_the_page_and_its_stream_is_heard(stack: Stack, acme: int, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    say(stack, acme, "early")
    heard, reader = [], Reader(stack, session)
    while "early" not in heard:
        hint = reader.next()
        assert hint is not None
        heard.append(hint["topic"])
    reader.leave()


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


@pytest.mark.parametrize("email", ["mallory@globex.example", ""])
def test_outsiders_find_nothing(stack: Stack, signed_in: SignIn, email: str) -> None:
    session = signed_in(email) if email else requests.Session()
    assert Reader(stack, session).answer.status_code == 404


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


def test_a_device_that_was_signed_out_hears_no_more(stack: Stack, ed: Reader, signed_in: SignIn) -> None:
    here = signed_in("ed@acme.example")
    there = "SELECT s.id FROM usersessions_usersession s JOIN organizations_user u ON u.id = user_id "
    for (pk,) in stack.sql(
        there + "WHERE email = 'ed@acme.example' AND session_key <> %s", [here.cookies["sessionid"]]
    ):
        post(stack, here, f"{pk}/end/", under="/accounts/sessions/")
    assert ended(ed)
    assert Reader(stack, here).answer.status_code == 200


def test_an_api_token_opens_no_stream(stack: Stack) -> None:
    token = stack.run_command(
        "create_api_token", "--organization", "acme", "--email", "olive@acme.example", "--name", "t"
    )
    bearer = {"Authorization": f"Bearer {json.loads(token.stdout)['token']}"}
    assert requests.get(f"{stack.url}/api/v1/teams/", headers=bearer, timeout=10).status_code == 200
    assert requests.get(f"{stack.url}/o/acme/stream/", headers=bearer, timeout=10).status_code == 404


def test_who_was_off_boarded_hears_no_more(stack: Stack, ed: Reader, signed_in: SignIn) -> None:
    people = "SELECT m.id FROM organizations_member m JOIN organizations_user u ON u.id = user_id WHERE email = %s"
    leaver, taker = (stack.sql(people, [f"{name}@acme.example"])[0][0] for name in ("ed", "olive"))
    post(stack, signed_in("olive@acme.example"), f"settings/people/{leaver}/leave/", successor=taker)
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


def test_readers_who_leave_are_forgotten(stack: Stack, signed_in: SignIn) -> None:
    session = signed_in("olive@acme.example")
    for _ in range(20):
        session.get(f"{stack.url}/o/acme/stream/", stream=True, timeout=10).close()
    eventually(lambda: open_connections(stack) <= 2)


def open_connections(stack: Stack) -> int:
    import psutil

    web = psutil.Process(stack.processes["web"].pid)
    every = [web, *web.children(recursive=True)]
    return sum(c.status == "ESTABLISHED" for p in every for c in p.net_connections("tcp"))
