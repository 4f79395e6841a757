"""The migrations are in step with the models; what has landed never changes; what is not atomic can be taken up again."""

from importlib import import_module

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.core.management import call_command
from django.db.migrations import AddField, CreateModel, RemoveField

from tests.upgrade.landed import changed, files, landed, on_main

SEEN = (AddField, RemoveField, CreateModel, AddIndexConcurrently, RemoveIndexConcurrently)


@pytest.mark.django_db
def test_nothing_is_missing() -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", "--verbosity", "0")
    except SystemExit:
        pytest.fail("A model changed without its migration: run `manage.py makemigrations` and read what it wrote.")


def test_what_has_landed_stays_as_it_is() -> None:
    wrong = changed()
    assert not wrong, (
        f"{', '.join(wrong)} ran on people's databases and will not run there again: put each back as it was "
        "(tests/upgrade/landed.txt has its hash) and write what you want changed as a new migration."
    )


def test_what_is_on_main_is_written_down() -> None:
    missing = sorted(on_main() - landed().keys())
    assert not missing, (
        f"{', '.join(missing)} landed on main: run `python -m tests.upgrade.landed` and commit what it writes. "
        "Before that, while it is on a branch only, a migration may still change."
    )


def test_a_migration_that_is_not_atomic_can_be_taken_up_again() -> None:
    wrong = []
    for path in files():
        found = import_module(path.removesuffix(".py").replace("/", ".")).Migration
        if not found.atomic:
            wrong += [f"{path}: {type(one).__name__}" for one in found.operations if not isinstance(one, SEEN)]
    assert not wrong, (
        f"{wrong}: whether this was done before a migration was killed cannot be seen in the database "
        "(socialops/migration_runs.py). Put it into an atomic migration of its own."
    )
