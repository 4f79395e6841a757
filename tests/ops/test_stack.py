"""The processes of the Procfile together: what is said when one is missing, and how they come back."""

import re
import signal
import time
from collections.abc import Iterator

import pytest
import requests

from tests.ops.eventually import eventually
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def _whole(stack: Stack) -> Iterator[None]:
    yield
    for name, process in stack.processes.items():
        if process.poll() is not None:
            stack.start(name)
    stack.wait_until_ready()


def missing(stack: Stack) -> dict[str, str]:
    answer = requests.get(stack.url + "/readyz", timeout=10)
    found: dict[str, str] = answer.json()["missing"]
    assert answer.status_code == (503 if found else 200)
    return found


def forget(stack: Stack) -> None:
    """As if the last tick were long ago."""
    time.sleep(0.5)  # one may be under way
    stack.redis().delete("socialops:alive:tick")


def test_it_is_ready_and_lives(stack: Stack) -> None:
    assert missing(stack) == {}
    assert requests.get(stack.url + "/healthz", timeout=5).text == "ok"


def test_every_process_shows_signs_of_life(stack: Stack) -> None:
    def alive() -> set[str]:
        text = requests.get(stack.url + "/metrics", timeout=5).text
        return set(re.findall(r'heartbeat_age_seconds\{process="(\w+)"\} \d\b', text))

    eventually(lambda: alive() == {"beat", "worker", "dispatcher"})


def test_a_worker_that_was_killed_is_missed(stack: Stack) -> None:
    stack.kill("worker")
    forget(stack)
    eventually(lambda: set(missing(stack)) == {"worker"})


def test_a_beat_that_ended_is_missed(stack: Stack) -> None:
    stack.stop("beat")
    forget(stack)
    eventually(lambda: set(missing(stack)) == {"beat"})


def test_an_emptied_redis_stops_nothing(stack: Stack) -> None:
    stack.redis().flushdb()
    eventually(lambda: missing(stack) == {}, within=10)
    assert "Traceback" not in stack.log("worker")


def test_every_process_ends_politely(stack: Stack) -> None:
    for name in ("beat", "worker", "web"):
        stack.kill(name, signal.SIGTERM)
        assert stack.processes[name].wait(10) in (0, -signal.SIGTERM)  # seconds, of the 35 that it may take
