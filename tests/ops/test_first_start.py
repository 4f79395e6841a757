"""`make run` that is killed while it makes its first database, and started again at once."""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import requests

from tests.ops.test_serve import Served
from tests.stack import free_port

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
SOME = 20  # migrations


@pytest.fixture
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="first"))
    folder.chmod(0o755)
    made = Served(folder, free_port())
    yield made
    for process in made.ours():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def applied(served: Served) -> int:
    """How many migrations its database has by now."""
    with contextlib.suppress(OSError, ValueError, KeyError, psycopg2.Error):
        url = json.loads((served.folder / "services.json").read_text())["DATABASE_URL"]
        with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            return int(cursor.fetchone()[0])
    return 0


def test_it_comes_up_all_the_same(served: Served) -> None:
    served.begin()
    assert served.process
    until = time.monotonic() + 240
    while applied(served) < SOME:
        assert served.process.poll() is None, served.out()
        assert time.monotonic() < until, served.out()
        time.sleep(0.01)
    served.process.kill()  # what it runs, `migrate` among it, goes on beside the next start
    os.waitpid(served.process.pid, 0)
    assert "is ready" not in served.out()
    served.begin()
    until = time.monotonic() + 300
    while "is ready" not in served.out():
        assert served.process.poll() is None, served.out()
        assert time.monotonic() < until, served.out()
        time.sleep(0.2)
    assert requests.get(served.url + "/readyz", timeout=10).json()["missing"] == {}
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0
