"""What /readyz and doctor say of a database that is there, but not as the code wants it."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from socialops import health, schema_check

pytestmark = pytest.mark.django_db


def test_a_database_behind_the_code_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_check, "seen_current", [])
    last = MigrationRecorder.Migration.objects.filter(app="networks").latest("id")
    MigrationRecorder(connection).record_unapplied("networks", last.name)
    assert "migrate" in health.check_schema()
    MigrationRecorder(connection).record_applied("networks", last.name)
    assert health.check_schema() == ""


def test_it_is_asked_once(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:
    monkeypatch.setattr(schema_check, "seen_current", [])
    assert health.check_schema() == ""
    with django_assert_num_queries(0):
        assert health.check_schema() == ""
