"""The audit log as admins read it, filter it and take it with them."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from organizations import audit
from organizations.actors import System
from organizations.models import AuditEntry
from organizations.queries import audit as queries
from organizations.queries.audit import Asked, audit_page, verbs_used
from organizations.tenancy import scope

AUDIT = "/o/acme/audit/"
EXPORT = AUDIT + "export/"
pytestmark = pytest.mark.usefixtures("in_acme")


def text_of(answer) -> str:
    return answer.content.decode()


def table_of(answer) -> str:
    found = re.search(r"<tbody.*</tbody>", text_of(answer), re.S)
    return found[0] if found else ""


@pytest.fixture
def many(cast) -> None:
    for number in range(120):
        audit.record(cast.ed, "thing.done", cast.acme, {"number": [number, number + 1]})


def test_it_pages_both_ways(cast, sign_in, many):
    client = sign_in(cast.olive)
    asked = {"verb": "thing.done"}
    first = client.get(AUDIT, asked)
    assert "<del>119</del>" in table_of(first)
    before = re.search(r"before=(\d+)", text_of(first))[1]
    second = client.get(AUDIT, {**asked, "before": before})
    assert "<del>69</del>" in table_of(second)
    assert "<del>70</del>" not in table_of(second)
    after = re.search(r"after=(\d+)", text_of(second))[1]
    assert table_of(client.get(AUDIT, {**asked, "after": after})) == table_of(first)


def test_entries_of_the_same_instant_are_neither_lost_nor_repeated(cast):
    AuditEntry.objects.bulk_create(
        AuditEntry(organization=cast.acme, at=datetime(2026, 1, 1, tzinfo=UTC), verb="x.x", change={})
        for _ in range(130)
    )
    seen, before = [], ""
    while True:
        page = audit_page(Asked(verb="x.x"), before=before)
        seen += [entry.pk for entry in page.entries]
        if page.older is None:
            break
        before = str(page.older)
    assert len(seen) == len(set(seen)) == 130


@pytest.mark.parametrize(
    ("asked", "there", "missing"),
    [
        ({"person": "ed"}, "Baked", "Sold"),
        ({"person": "system"}, "Sold", "Baked"),
        ({"verb": "bread.baked"}, "Baked", "Sold"),
        ({"thing": "team"}, "", "Baked"),
        ({"thing": "Care"}, "Baked", "Sold"),
        ({"since": "2026-01-01", "until": "2200-01-01"}, "Baked", "nothing"),
        ({"until": "2020-01-01"}, "", "Baked"),
    ],
)
def test_it_is_filtered_by_person_verb_thing_and_day(cast, sign_in, asked, there, missing):
    audit.record(cast.ed, "bread.baked", cast.team)
    audit.record(System("shop"), "bread.sold", cast.x)
    asked = {name: str(cast.ed.pk) if value == "ed" else value for name, value in asked.items()}
    shown = table_of(sign_in(cast.olive).get(AUDIT, asked))
    assert (f"Bread {there.lower()}" if there else "") in shown
    assert f"Bread {missing.lower()}" not in shown


def test_a_thing_is_found_by_kind_and_number(cast, sign_in):
    audit.record(cast.ed, "bread.baked", cast.team)
    audit.record(cast.ed, "bread.sold", cast.x)
    shown = table_of(sign_in(cast.olive).get(AUDIT, {"thing": f"team {cast.team.pk}"}))
    assert "Bread baked" in shown
    assert "Bread sold" not in shown


def test_days_are_the_readers_days(cast):
    """Madrid's 2 June begins at 22:00 UTC the day before."""
    late = AuditEntry(organization=cast.acme, at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC), verb="x.x", change={})
    late.save()
    day = late.at.date() + timedelta(days=1)
    assert audit_page(Asked(since=day, until=day, zone="Europe/Madrid")).entries == [late]
    assert late not in audit_page(Asked(until=late.at.date(), zone="Europe/Madrid")).entries


@pytest.mark.parametrize(
    "asked",
    [
        {"person": "1 or 1=1"},
        {"verb": "no.such"},
        {"thing": "a\0b"},
        {"since": "yesterday"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"before": "9" * 30, "after": "x"},
        {"before": "0"},
    ],
)
def test_what_cannot_be_read_is_said_and_breaks_nothing(cast, sign_in, asked):
    assert sign_in(cast.olive).get(AUDIT, asked).status_code == 200


def test_what_people_wrote_is_never_markup(cast, sign_in):
    audit.record(cast.ed, "thing.done", cast.acme, {"name": ["<script>", "<img>"]})
    assert "<script>" not in table_of(sign_in(cast.olive).get(AUDIT))


def test_others_have_another_log(cast, sign_in):
    audit.record(cast.ed, "secret.baked", cast.team)
    shown = text_of(sign_in(cast.mallory).get("/o/globex/audit/"))
    assert "Secret baked" not in shown
    with scope(cast.globex):
        assert "secret.baked" not in verbs_used()
        assert audit_page(Asked(person=str(cast.ed.pk))).entries == []


@pytest.mark.parametrize(("method", "path"), [("get", AUDIT), ("post", EXPORT)])
def test_it_is_for_admins(cast, sign_in, method, path):
    assert getattr(sign_in(cast.lena), method)(path, {"format": "csv"}).status_code == 403


def body(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def test_an_export_has_all_that_matches_and_is_itself_told(cast, sign_in, many, monkeypatch):
    monkeypatch.setattr(queries, "BATCH", 50)
    answer = sign_in(cast.olive).post(EXPORT, {"format": "json", "verb": "thing.done", "person": str(cast.ed.pk)})
    assert re.search(r'attachment; filename="audit-acme-[\d-]+\.json"', answer["Content-Disposition"])
    rows = json.loads(body(answer))
    assert [row["change"]["number"][0] for row in rows] == list(range(119, -1, -1))
    entry = AuditEntry.objects.get(verb="audit.exported")
    assert entry.change == {"format": "json", "verb": "thing.done", "person": str(cast.ed.pk)}
    assert entry.actor_id == cast.olive.pk


def test_a_spreadsheet_runs_nothing(cast, sign_in):
    cast.team.name = '=HYPERLINK("http://evil")'
    audit.record(cast.ed, "thing.done", cast.team, {"a": 1})
    rows = list(
        csv.DictReader(io.StringIO(body(sign_in(cast.olive).post(EXPORT, {"format": "csv", "verb": "thing.done"}))))
    )
    assert rows[0]["target_name"] == '\'=HYPERLINK("http://evil")'
    assert json.loads(rows[0]["change"]) == {"a": 1}


@pytest.mark.parametrize("asked", [{}, {"format": "xls"}, {"format": "csv", "since": "soon"}])
def test_an_export_that_is_not_understood_is_refused(cast, sign_in, asked):
    assert sign_in(cast.olive).post(EXPORT, asked).status_code == 400
    assert not AuditEntry.objects.filter(verb="audit.exported").exists()


def test_an_empty_export_is_whole_json(cast, sign_in):
    answer = sign_in(cast.olive).post(EXPORT, {"format": "json", "thing": "nobody knows it"})
    assert json.loads(body(answer)) == []


def test_it_takes_few_queries(cast, sign_in, many, django_assert_max_num_queries):
    client = sign_in(cast.olive)
    client.get(AUDIT)
    with django_assert_max_num_queries(14):
        client.get(AUDIT)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(), "audit_newest"),
        (Asked(person="7"), "audit_actor"),
        (Asked(person="system"), "audit_actor"),
        (Asked(verb="v.7"), "audit_verb"),
        (Asked(thing="post 7"), "audit_target"),
        (Asked(thing="Post no. 7"), "audit_named"),
        (Asked(since=datetime(2026, 3, 1).date(), until=datetime(2026, 3, 2).date()), "audit_newest"),
    ],
)
def test_every_filter_has_its_index(cast, asked, index):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=cast.acme, at=start + timedelta(hours=n), actor_id=n % 400 or None, verb=f"v.{n % 400}",
            target_kind="post", target_id=str(n), target_name=f"Post no. {n}", change={},
        )
        for n in range(4000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE organizations_auditentry")
    plan = queries.matching(asked).order_by("-at", "-pk")[:51].explain()
    assert index in plan, plan
