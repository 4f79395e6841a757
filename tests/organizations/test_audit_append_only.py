"""What is written down stays: no code path and no SQL of the application's own user changes or removes an entry."""

import pytest
from django.db import IntegrityError, connection, transaction

from organizations import request_origin
from organizations.auditing import audit
from organizations.models import AuditEntry, Organization
from tests.source import ROOT, packages

TABLE = "organizations_auditentry"
pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def entry(cast) -> AuditEntry:
    return audit.record(cast.ed, "thing.done", cast.acme)


def save(entry: AuditEntry) -> None:
    entry.verb = "thing.undone"
    entry.save()


THROUGH_THE_ORM = {
    "save": save,
    "delete": lambda entry: entry.delete(),
    "update of a queryset": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Nobody"),
    "update of nothing": lambda entry: AuditEntry.objects.filter(pk=0).update(actor_name="Nobody"),
    "delete of a queryset": lambda entry: AuditEntry.objects.all().delete(),
    "unscoped delete": lambda entry: AuditEntry.unscoped.all().delete(),
    "raw delete": lambda entry: AuditEntry.unscoped.all()._raw_delete("default"),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["verb"]),
    "upsert": lambda entry: AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["verb"]
    ),
    "deleting the organization": lambda entry: Organization.objects.get(slug="acme").delete(),
}
IN_SQL = [
    f"UPDATE {TABLE} SET actor_name = 'Nobody'",
    f"UPDATE ONLY {TABLE} SET at = now() WHERE verb = 'thing.done'",
    f"DELETE FROM {TABLE}",
    f"WITH gone AS (DELETE FROM {TABLE} RETURNING 1) SELECT count(*) FROM gone",
    f"MERGE INTO {TABLE} t USING (SELECT 1) s ON t.verb = 'thing.done' WHEN MATCHED THEN DELETE",
    f"SET LOCAL socialops.allow_audit_truncate = 'off'; SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {TABLE}",
    "SET LOCAL socialops.allow_audit_truncate = 'off'; SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE organizations_organization CASCADE",
    f"SET LOCAL session_replication_role = 'replica'; DELETE FROM {TABLE}",
]


@pytest.mark.parametrize("way", THROUGH_THE_ORM)
def test_the_orm_is_refused(entry, way):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        THROUGH_THE_ORM[way](entry)
    assert AuditEntry.objects.get(pk=entry.pk).verb == "thing.done"


@pytest.mark.parametrize("sql", IN_SQL)
def test_plain_sql_is_refused(entry, sql):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.get(pk=entry.pk).actor_name == "Ed"


def test_a_member_may_go_and_the_name_stays(cast, entry):
    cast.ana.delete()
    entry = audit.record(cast.ed, "thing.done", cast.ana)
    assert (entry.actor_name, entry.target_name) == ("Ed", "Ana")


def test_no_product_code_may_let_the_log_be_emptied():
    word = "allow_audit" + "_truncate"
    holders = {
        str(path.relative_to(ROOT))
        for top in packages()
        for path in (ROOT / top).rglob("*.py")
        if word in path.read_text()
    }
    assert holders == {"organizations/migrations/0002_audit_append_only.py"}


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"password": ["old", "new"]}, {"password": ["•••", "•••"]}),
        ({"client_secret": "x"}, {"client_secret": "•••"}),
        ({"access_token": ["", "x"]}, {"access_token": ["", "•••"]}),
        ({"settings": {"api_secret": "x", "name": "y"}}, {"settings": {"api_secret": "•••", "name": "y"}}),
        ({"note": "use so_abcdefghijklmnopqrstuvwxyz"}, {"note": "use •••"}),
        ({"name": ["a", "b"]}, {"name": ["a", "b"]}),
    ],
)
def test_what_looks_like_a_secret_is_masked(cast, change, kept):
    assert audit.record(cast.ed, "thing.done", cast.acme, change).change == kept


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("unix:", None),
    ],
)
def test_an_entry_says_from_where(cast, address, kept):
    with request_origin.origin_scope(address):
        assert audit.record(cast.ed, "thing.done", cast.acme).ip == kept
    assert audit.record(cast.ed, "thing.done", cast.acme).ip is None


def test_a_token_and_its_address_stand_in_the_entry(cast, api):
    api(cast.olive).post("teams/", {"name": "Oven"})
    entry = AuditEntry.objects.get(verb="team.created", target_name="Oven")
    assert (entry.actor_kind, entry.actor_id, entry.ip) == ("token", cast.olive.pk, "127.0.0.1")
