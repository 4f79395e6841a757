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
    stack.redis().publish(channel(organization), json.dumps({"topic": topic, "id": 7, "profile": profile}))


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


def test_a_member_who_was_removed_hears_no_more(stack: Stack, acme: int, signed_in: SignIn) -> None:
    ed = Reader(stack, signed_in("ed@acme.example"))
    ed.forget()
    assert ed.answer.status_code == 200
    stack.sql("DELETE FROM organizations_member USING organizations_user u WHERE u.id = user_id AND email LIKE 'ed@%%'")
    say(stack, acme, "rights")
    assert ed.next() is None


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
