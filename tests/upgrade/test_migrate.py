"""`migrate` twice at once, and killed wherever it was."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from socialops.migration_runs import MIGRATION_LOCK
from tests.stack import BASE_DIR
from tests.upgrade.dumps import Database, database
from tests.upgrade.test_upgrade import differences, fresh  # noqa: F401 - a fixture

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
BEFORE_LANES = ("networks", "0004_polling_lease")
LANES = ("networks", "0005_lanes")
HALF = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def made() -> Iterator[Database]:
    with database("migrate") as made:
        yield made


def begin(made: Database, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0", *arguments],
        cwd=BASE_DIR,
        env=made.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended_well(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, out + err
    return err


@contextlib.contextmanager
def holding(made: Database, statement: str) -> Iterator[Any]:
    """A transaction that has run the statement and stays open."""
    connection = psycopg2.connect(made.url)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        yield connection


def wait_until(made: Database, query: str, count: int = 1) -> None:
    until = time.monotonic() + 120
    while made.sql(query)[0][0] < count:
        assert time.monotonic() < until, query
        time.sleep(0.02)


def test_two_at_once_run_one_after_the_other(fresh: set[str], made: Database) -> None:  # noqa: F811
    with holding(made, f"SELECT pg_advisory_lock({MIGRATION_LOCK})"):
        both = [begin(made), begin(made)]
        for process in both:
            assert process.stderr
            assert "Another `migrate`" in process.stderr.readline()  # both have come as far as the lock
    for process in both:
        ended_well(process)
    assert not differences(fresh, made.schema())


@pytest.mark.parametrize("within", ["columns", "index"])
def test_a_killed_one_is_taken_up_where_it_was(fresh: set[str], made: Database, within: str) -> None:  # noqa: F811
    """Networks 0005, which is not atomic: three columns of the outbox, one of the profiles, then indexes."""
    ended_well(begin(made, *BEFORE_LANES))
    with contextlib.ExitStack() as held:
        profiles = held.enter_context(holding(made, "LOCK TABLE networks_profile IN ACCESS EXCLUSIVE MODE"))
        killed = begin(made, *LANES)
        wait_until(made, WAITING)  # for the fourth column
        if within == "index":
            held.enter_context(holding(made, "LOCK TABLE networks_outgoing IN ROW EXCLUSIVE MODE"))
            profiles.rollback()
            wait_until(made, column("profile", "pause"))
            wait_until(made, HALF)
            wait_until(made, WAITING)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        made.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {MIGRATION_LOCK}"
        )
    assert made.sql(column("outgoing", "held")) == [(1,)]
    assert made.sql(HALF) == [(1 if within == "index" else 0,)]
    assert made.sql("SELECT count(*) FROM django_migrations WHERE name = '0005_lanes'") == [(0,)]
    ended_well(begin(made))
    assert not differences(fresh, made.schema())


def column(table: str, name: str) -> str:
    asked = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'networks_{}' AND column_name = '{}'"
    return asked.format(table, name)
