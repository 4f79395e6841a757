"""doctor names the process whose clock tells another time than the database's."""

import time

import pytest

from foundation.processes import heartbeat
from foundation.processes.realtime import redis_client
from socialops.management.commands.doctor import check_clocks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    for key in redis_client().scan_iter(f"{heartbeat.CLOCK_KEY_PREFIX}*"):
        redis_client().delete(key)


@pytest.mark.parametrize(("off", "said"), [(90, "90 s ahead of"), (-90, "90 s behind")])
@pytest.mark.parametrize("process", ["worker", "beat", "web"])
def test_a_clock_that_is_off_is_named(monkeypatch: pytest.MonkeyPatch, process: str, off: int, said: str) -> None:
    heartbeat.record_clock("other")
    right = time.time
    with monkeypatch.context() as wrong:
        wrong.setattr(heartbeat.time, "time", lambda: right() + off)
        wrong.setattr(heartbeat.socket, "gethostname", lambda: "elsewhere")
        heartbeat.record_clock(process)
    [line] = check_clocks()
    assert line == f"clock: {process} on elsewhere is {said} the database; set that machine's clock."


def test_one_that_was_noted_a_while_ago_is_not_off_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    right = time.time
    with monkeypatch.context() as earlier:
        earlier.setattr(heartbeat.time, "time", lambda: right() - 1000)
        heartbeat.record_clock("worker")
    for key in redis_client().scan_iter(f"{heartbeat.CLOCK_KEY_PREFIX}*"):
        redis_client().expire(key, heartbeat.HEARTBEAT_SECONDS - 1000)
    assert list(check_clocks()) == []


def test_our_own_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    right = time.time
    monkeypatch.setattr("socialops.management.commands.doctor.time.time", lambda: right() - 30)
    [line] = check_clocks()
    assert line.startswith("clock: this command on ")
    assert "30 s behind" in line
