"""`manage.py serve`: up by itself, down without a trace, and up again with what was there."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import requests

from tests.ops.eventually import eventually, gone
from tests.stack import BASE_DIR, free_port

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
GIVEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "PUBLIC_URL", "DEBUG", "SANDBOX")


class Served:
    """One `manage.py serve` with a run folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        clean = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.env = {**clean, "SOCIALOPS_RUN_DIR": str(folder), "PORT": str(port), "WEB_CONCURRENCY": "1"}
        self.env |= {"WORKER_CONCURRENCY": "2", "PYTHONUNBUFFERED": "1"}
        self.process: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        with (self.folder / "out.txt").open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=BASE_DIR,
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def out(self) -> str:
        return (self.folder / "out.txt").read_text()

    def wait_until_ready(self) -> None:
        assert self.process
        until = time.monotonic() + 240
        while "is ready" not in self.out():
            assert self.process.poll() is None, self.out()
            assert time.monotonic() < until, self.out()
            time.sleep(0.2)

    def command(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(
            command, cwd=BASE_DIR, env={**self.env, **env}, capture_output=True, text=True, timeout=60
        )

    def ours(self) -> list[psutil.Process]:
        """Every process that knows our run folder, servers included."""
        return [process for process in psutil.process_iter() if self.knows(process)]

    def knows(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            folder = str(self.folder)
            return process.environ().get("SOCIALOPS_RUN_DIR") == folder or folder in " ".join(process.cmdline())
        return False

    def left(self) -> list[str]:
        sockets = [str(path) for path in self.folder.rglob("*") if path.is_socket()]
        return [" ".join(process.cmdline()) for process in self.ours()] + sockets


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="serve"))
    folder.chmod(0o755)
    made = Served(folder, free_port())
    yield made
    for process in made.ours():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(folder)


@pytest.fixture
def up(served: Served) -> Served:
    if served.process is None or served.process.poll() is not None:
        served.begin()
    served.wait_until_ready()
    return served


def assert_gone(served: Served, status: int) -> None:
    assert served.process
    assert served.process.wait(20) == status, served.out()
    eventually(lambda: not served.left(), within=5)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(served.env["PORT"]))) != 0


def test_it_comes_up_with_the_demo(up: Served) -> None:
    assert up.url in up.out()
    assert re.search(r"\w+@\w+\.example", up.out())  # the demo's sign-ins
    assert requests.get(up.url + "/readyz", timeout=5).status_code == 200
    page = requests.get(up.url + "/accounts/login/", timeout=5)
    assert page.status_code == 200
    assert requests.get(up.url + "/static/css/app.css", timeout=5).status_code == 200


def test_a_second_one_says_that_one_is_running(up: Served) -> None:
    second = up.command("serve")
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert "already running" in second.stderr


def test_commands_find_its_services(up: Served) -> None:
    made = up.command(
        "create_organization",
        "Kept",
        "--slug",
        "kept",
        "--owner-email",
        "k@kept.example",
        OWNER_PASSWORD="a long pass 1",
    )
    assert made.stdout.strip() == '{"slug": "kept"}', made.stderr


def test_ctrl_c_leaves_nothing_behind(up: Served) -> None:
    assert up.process
    began = time.monotonic()
    os.killpg(up.process.pid, signal.SIGINT)  # as a terminal does
    assert_gone(up, 0)
    assert time.monotonic() - began < 12


def test_the_data_is_kept(up: Served) -> None:
    with contextlib.closing(psycopg2.connect(database_url(up))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_organization WHERE slug = 'kept'")
        assert cursor.fetchone() == (1,)
    assert "Filling in the demo" not in up.out()


def database_url(served: Served) -> str:
    return str(json.loads((served.folder / "services.json").read_text())["DATABASE_URL"])


def test_sigterm_to_the_supervisor_alone_stops_everything(up: Served) -> None:
    assert up.process
    up.process.terminate()
    assert_gone(up, 0)


def test_what_a_killed_supervisor_left_is_ended_at_the_next_start(up: Served) -> None:
    assert up.process
    before = {process.pid for process in up.ours()}
    assert {one.pid for name, one in leaders(up).items() if name != "PostgreSQL"} <= before, "one is not known as ours"
    up.process.kill()
    up.process.wait()
    assert len(up.left()) > 3
    up.begin()
    up.wait_until_ready()
    alive = {process.pid for process in up.ours() if "postgres" not in process.name()}
    assert not alive & before


def test_what_ends_by_itself_is_started_again(up: Served) -> None:
    everything = {"web", "worker", "beat", "Valkey", "PostgreSQL"}
    eventually(lambda: set(leaders(up)) == everything, within=60, tell=lambda: (leaders(up), up.out()[-6000:]))
    before = leaders(up)
    children = before["worker"].children()
    for process in before.values():
        process.kill()
    eventually(lambda: all(gone(child) for child in children), within=10)
    eventually(lambda: set(leaders(up)) == set(before) and ready(up), within=60)
    assert not set(leaders(up).values()) & set(before.values())
    for name in before:
        assert re.search(rf"{name} ended.*; it is started again in \d+ s", up.out())


def leaders(served: Served) -> dict[str, psutil.Process]:
    """By name, what the supervisor watches and is there."""
    assert served.process
    found = {}
    for process in psutil.Process(served.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # a zombie too
            found[what(process)] = process
    with contextlib.suppress(OSError, psutil.NoSuchProcess):
        number = (served.folder / "postgres" / "postmaster.pid").read_text().split()[0]
        found["PostgreSQL"] = psutil.Process(int(number))
    return {name: process for name, process in found.items() if name}


def what(process: psutil.Process) -> str:
    """Celery writes its own title over its arguments where it finds the package for that."""
    words = {"socialops.web": "web", "worker": "worker", "beat": "beat"}
    said = " ".join(process.cmdline())
    names = (name for word, name in words.items() if re.search(rf"\b{word}\b", said))
    return next(names, "Valkey" if "valkey" in process.name() else "")


def ready(served: Served) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(served.url + "/readyz", timeout=5).status_code == 200
    return False


def test_sigterm_stops_it_while_something_waits_to_be_started_again(up: Served) -> None:
    assert up.process
    eventually(lambda: "worker" in leaders(up), within=60, tell=lambda: (leaders(up), up.out()[-6000:]))
    said = up.out().count("worker ended")
    leaders(up)["worker"].kill()
    eventually(lambda: up.out().count("worker ended") > said, within=30)
    up.process.terminate()
    assert_gone(up, 0)


def test_a_port_in_use_is_one_clear_line(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = served.command("serve", "--port", str(taken.getsockname()[1]))
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_a_database_a_command_says_so_in_one_line(served: Served) -> None:
    answer = served.command(
        "showmigrations", DATABASE_URL="postgresql://127.0.0.1:1/none", REDIS_URL="redis://localhost:1"
    )
    assert answer.returncode == 1
    answer = served.command(
        "showmigrations", DATABASE_URL="postgresql://127.0.0.1:1/none", DEBUG="True", REDIS_URL="redis://localhost:1"
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("DATABASE_URL: PostgreSQL cannot be reached")
    assert len(answer.stderr.strip().splitlines()) == 1
