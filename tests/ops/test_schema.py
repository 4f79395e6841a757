"""A process starts only on a schema that it knows; one that runs goes on, and says what it sees."""

import io
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from socialops import schema_check
from tests import starter
from tests.stack import BASE_DIR, COMMANDS, Stack, running

STATES = {
    "behind": ("DELETE FROM django_migrations WHERE app = 'teams' AND name = '0006_pauses'", "manage.py migrate"),
    "ahead": (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('teams', '9999_later', now())",
        "teams.9999_later, which this release does not know",
    ),
    "of an app that is not there": (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0001_initial', now())",
        "people.0001_initial, which this release does not know",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_an_unknown_one_is_refused(state: str, db: None) -> None:
    statement, said = STATES[state]
    schema_check.seen_current.clear()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert said in schema_check.describe_unapplied() + schema_check.describe_unknown()


@pytest.fixture(scope="module")
def ahead() -> Iterator[Stack]:
    with running(only=()) as stack:
        stack.sql(STATES["ahead"][0])
        yield stack


@pytest.mark.stack
@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", COMMANDS)
def test_it_does_not_start(ahead: Stack, name: str) -> None:
    done = starter.run_process(COMMANDS[name].split(), cwd=BASE_DIR, env=ahead.env, timeout=100)
    assert done.returncode == 1, done.stdout + done.stderr
    assert STATES["ahead"][1] in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture
def newer(db: None) -> str:
    MigrationRecorder(connection).record_applied("teams", "9999_later")
    return "teams.9999_later"


def test_what_runs_goes_on_and_warns(newer: str, client: Client) -> None:
    said = client.get("/readyz").json()
    assert newer in said["warnings"]["schema"]
    assert "database" not in said["missing"]


def test_doctor_finds_it(newer: str) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    assert f"✗ schema: The database is newer than this code: it has {newer}" in out.getvalue()


def test_an_older_release_does_not_migrate_it(newer: str) -> None:
    with pytest.raises(CommandError, match="newer than this code"):
        call_command("migrate", verbosity=0)


def test_packages_of_others_may_have_their_own_records(db: None) -> None:
    MigrationRecorder(connection).record_applied("guardian", "9999_later")
    assert schema_check.describe_unknown() == ""


def test_a_database_that_cannot_be_asked_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise schema_check.InterfaceError

    monkeypatch.setattr(schema_check, "describe_unapplied", gone)
    monkeypatch.setattr(schema_check, "connection", type("Gone", (), {"close": staticmethod(lambda: None)}))
    schema_check.require_known_schema()
