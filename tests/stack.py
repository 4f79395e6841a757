"""The real thing: the Procfile's processes against a database and a Redis database of their own.

    @pytest.fixture(scope="module")
    def stack():
        with running(X_API_URL=fake.url, INBOUND_POLL_SECONDS="1") as stack:   # returns when /readyz says so
            yield stack

    pytestmark = pytest.mark.stack

    def test_it(stack):
        requests.get(stack.url + "/healthz")
        stack.run_command("connect_profile", "--organization", "acme", "--network", "x", "--credentials", "-",
                          input='{"access_token": "t"}').stdout      # fails the test when the command fails
        stack.sql("SELECT state FROM networks_outgoing WHERE id = %s", [7])            # -> list of tuples
        stack.kill("worker")                       # SIGKILL to it and its children, as a power cut would
        stack.kill("web", signal.SIGTERM)          # any other signal: to the leader only
        stack.restart("worker")                    # ends it where it still runs; wait with stack.wait_until_ready()
        stack.log("worker")                        # what it has printed so far
        stack.stop("beat"); stack.start("beat")    # politely, and back

`running(only=("web",))` starts some of the processes and waits for /healthz alone, or without web for nothing. `stack.env` is what every process and
command gets. Everything is ended, and both databases are removed, when the block is left.
"""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis
import requests
from honcho.environ import parse_procfile

from socialops.running.procfile_process import split_command
from socialops.running.start_steps import collect_static, run_manage_command
from tests import starter
from tests.databases import create_migrated, drop, named_database
from tests.services import RUN_DIR

BASE_DIR = Path(__file__).resolve().parent.parent
COMMANDS: dict[str, str] = parse_procfile((BASE_DIR / "Procfile").read_text()).processes
READY_WITHIN = 60.0
ENDED_WITHIN = 20.0
numbers = itertools.count()
redis_databases = range(1, 16)  # tests/conftest.py: runs side by side share none


class Stack:
    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.url = env["PUBLIC_URL"]
        self.processes: dict[str, starter.Started] = {}

    def start(self, name: str) -> None:
        with self.log_path(name).open("ab") as log:
            self.processes[name] = starter.start_process(
                split_command(COMMANDS[name]), cwd=BASE_DIR, env=self.env, stdout=log
            )

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        process = self.processes[name]
        if number != signal.SIGKILL:
            process.send_signal(number)
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait()

    def stop(self, name: str) -> None:
        self.kill(name, signal.SIGTERM)
        self.finish(name)

    def finish(self, name: str) -> None:
        """Waits for what was told to end, then kills what is left of it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.processes[name].wait(ENDED_WITHIN)
        self.kill(name)

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def wait_until_ready(self, path: str = "/readyz", within: float = READY_WITHIN) -> None:
        until = time.monotonic() + within
        said = ""
        while time.monotonic() < until:
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log(name)}"
            with contextlib.suppress(requests.RequestException):
                answer = requests.get(self.url + path, timeout=5)
                if answer.status_code == 200:
                    return
                said = answer.text
            time.sleep(0.2)
        raise AssertionError(f"{path} was not ready within {within:.0f} s: {said}\n{self.log('web')}")

    def run_command(
        self, *args: str, input: str | None = None, check: bool = True, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """`manage.py args` with the stack's environment; `check=False` where failing is what is tested."""
        command = [sys.executable, "manage.py", *args]
        done = starter.run_process(command, cwd=BASE_DIR, env={**self.env, **env}, input=input or "", timeout=120)
        assert not check or done.returncode == 0, f"{args} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.env["DATABASE_URL"])
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(query, list(parameters) or None)
            return cursor.fetchall() if cursor.description else []

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.env["REDIS_URL"])

    def log(self, name: str) -> str:
        return self.log_path(name).read_text(errors="replace") if self.log_path(name).exists() else ""

    def log_path(self, name: str) -> Path:
        return RUN_DIR / f"{name}-{self.env['PORT']}.log"


@contextlib.contextmanager
def running(*, only: Sequence[str] = tuple(COMMANDS), **env: str) -> Iterator[Stack]:
    """A stack of its own, ready; `env` adds to the environment of its processes."""
    number = next(numbers)
    port = str(free_port())
    settled = {
        **os.environ,
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "STATIC_ROOT": str(RUN_DIR / "static"),
        "MEDIA_STORAGE_URL": (RUN_DIR / "media").absolute().as_uri(),
        "WEB_CONCURRENCY": "1",
        "WORKER_CONCURRENCY": "4",
        "REDIS_URL": numbered_redis(os.environ["REDIS_URL"], redis_databases[number % len(redis_databases)]),
        **env,
    }
    with (
        given_database(settled, env["DATABASE_URL"]) if "DATABASE_URL" in env else own_database(settled, number) as url
    ):
        stack = Stack({**settled, "DATABASE_URL": url})
        stack.redis().flushdb()
        for name in ("web", "worker", "beat"):
            stack.log_path(name).unlink(missing_ok=True)
        try:
            for name in only:
                stack.start(name)
            if "web" in only:
                stack.wait_until_ready("/readyz" if set(only) == set(COMMANDS) else "/healthz")
            yield stack
        finally:
            end(stack)


def end(stack: Stack) -> None:
    for name in stack.processes:
        stack.kill(name, signal.SIGTERM)
    for name in stack.processes:
        stack.finish(name)  # told once: a second SIGTERM would hurry the worker
    with contextlib.suppress(redis.RedisError):  # the test may have switched it off
        stack.redis().flushdb()


@contextlib.contextmanager
def given_database(env: dict[str, str], url: str) -> Iterator[str]:
    run_manage_command("migrate", "--no-input", "--verbosity", "0", env=env)
    yield url


@contextlib.contextmanager
def own_database(env: dict[str, str], number: int) -> Iterator[str]:
    """A migrated database of its own."""
    name = f"stack_{os.getpid()}_{number}"
    create_migrated(name)
    collect_static(env)
    try:
        yield named_database(name)
    finally:
        drop(name)


def numbered_redis(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}", query=""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
