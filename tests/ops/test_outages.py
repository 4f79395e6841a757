"""Redis and PostgreSQL come and go under the running processes; nothing has to be restarted."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from kombu.exceptions import OperationalError

from networks.tasks import tick
from socialops.celery import app
from tests.ops.eventually import eventually
from tests.ops.service import Service
from tests.stack import COMMANDS, Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="outage"))  # short: a socket's path may not be long
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def service(request: pytest.FixtureRequest, folder: Path) -> Iterator[Service]:
    made = Service(request.param, folder)
    yield made
    made.off()


def state(stack: Stack) -> set[str]:
    return set(requests.get(stack.url + "/readyz", timeout=15).json()["missing"])


def ticking(stack: Stack) -> bool:
    """Whether a tick has run since the keys were last removed."""
    return bool(stack.redis().exists("socialops:alive:tick"))


def test_a_hint_costs_no_time_while_redis_is_away() -> None:
    began = time.monotonic()
    with app.connection_for_write("redis://127.0.0.1:1") as connection, pytest.raises(OperationalError):
        tick.apply_async(connection=connection, retry=False)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("service", ["redis"], indirect=True)
def test_redis_goes_and_comes_back(service: Service) -> None:
    with running(REDIS_URL=service.on()) as stack:
        service.off()
        assert state(stack) == {"broker"}
        assert requests.get(stack.url + "/healthz", timeout=5).status_code == 200
        assert requests.get(stack.url + "/accounts/login/", timeout=5).status_code == 200
        service.on()
        eventually(lambda: ticking(stack), within=30)
        eventually(lambda: state(stack) == set(), within=30)


@pytest.mark.parametrize("service", ["redis"], indirect=True)
def test_everything_starts_while_redis_is_away(service: Service, folder: Path) -> None:
    with running(only=["web"], REDIS_URL=service.on()) as stack:
        service.off()
        for name in set(COMMANDS) - {"web"}:
            stack.start(name)
        eventually(lambda: "Cannot connect" in stack.log("worker"), within=20)
        service.on()
        stack.wait_until_ready()


@pytest.mark.parametrize("service", ["postgres"], indirect=True)
def test_postgresql_goes_and_comes_back(service: Service) -> None:
    with running(DATABASE_URL=service.on()) as stack:
        service.off()
        assert "database" in state(stack)
        assert stack.run_command("doctor", check=False).returncode == 1
        service.on()
        stack.redis().delete("socialops:alive:tick")
        eventually(lambda: ticking(stack), within=20)
        eventually(lambda: state(stack) == set(), within=20)
        assert requests.get(stack.url + "/accounts/login/", timeout=5).status_code == 200
