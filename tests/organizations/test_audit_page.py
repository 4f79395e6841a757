"""The audit log as admins read it, filter it and take it with them."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from organizations import request_origin
from organizations.actors import System
from organizations.auditing import audit
from organizations.auditing.audit_export import AUDIT_COLUMNS
from organizations.models import AuditEntry
from organizations.queries import audit as queries
from organizations.queries.audit import AuditFilter, audit_page, verbs_used
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
    seen, before = [], None
    while True:
        page = audit_page(AuditFilter(verb="x.x"), before=before)
        seen += [entry.pk for entry in page.rows]
        if page.later is None:
            break
        before = page.later
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
    assert audit_page(AuditFilter(since=day, until=day, zone="Europe/Madrid")).rows == [late]
    assert late not in audit_page(AuditFilter(until=late.at.date(), zone="Europe/Madrid")).rows


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


@pytest.mark.parametrize(
    ("verb", "change", "there", "missing"),
    [
        (
            "grant.changed",
            {"member": "Cole", "id": 987654321, "rights": [["view"], ["reply"]]},
            ["Rights changed"],
            ["987654321"],
        ),
        ("team.released", {"since": [None, None]}, ["Pause of a team ended"], ["Team released"]),
        ("profile.labelled", {"labels": [["Spain"], ["Iberia"]]}, ["Labels", "<del>Spain</del> → Iberia"], []),
        ("profile.policy_changed", {"needs_approval": [False, True]}, ["Approval needed", "<del>no</del> → yes"], []),
        ("member.role_changed", {"role": ["viewer", "admin"]}, ["<del>Viewer</del> → Admin"], ["viewer"]),
        ("post.submitted", {"state": ["draft", "in_review"]}, ["State", "In review"], ["in_review"]),
        ("post.submitted", {"state": ["draft", "draft"], "text": "changed"}, ["Text"], ["State"]),
        ("organization.sessions_bounded", {"idle_days": [14, 7]}, ["Days without a page"], ["idle_days", "idle days"]),
    ],
)
def test_fields_and_verbs_are_named_as_people_say_them(cast, sign_in, verb, change, there, missing):
    audit.record(cast.ed, verb, cast.team, change)
    shown = table_of(sign_in(cast.olive).get(AUDIT, {"verb": verb}))
    for words in there:
        assert words in shown
    for words in missing:
        assert words not in shown


def test_what_people_wrote_is_never_markup(cast, sign_in):
    audit.record(cast.ed, "thing.done", cast.acme, {"name": ["<script>", "<img>"]})
    assert "<script>" not in table_of(sign_in(cast.olive).get(AUDIT))


def test_others_have_another_log(cast, sign_in):
    audit.record(cast.ed, "secret.baked", cast.team)
    shown = text_of(sign_in(cast.mallory).get("/o/globex/audit/"))
    assert "Secret baked" not in shown
    with scope(cast.globex):
        assert "secret.baked" not in verbs_used()
        assert audit_page(AuditFilter(person=str(cast.ed.pk))).rows == []


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


def exported(client, **asked) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.post(EXPORT, {"format": "csv", **asked})))))


def test_both_forms_have_every_column_with_what_was_written_down(cast, sign_in):
    request_origin.current_origin.set("203.0.113.9")
    entry = audit.record(cast.ed, "thing.done", cast.team, {"name": ["Bröt", 'Rye, "fresh"\nand hot']})
    request_origin.current_origin.set(None)
    client = sign_in(cast.olive)
    (row,) = exported(client, verb="thing.done")
    assert tuple(row) == AUDIT_COLUMNS
    assert row == {
        "id": str(entry.pk),
        "at": entry.at.isoformat(),
        "actor_kind": "member",
        "actor_id": str(cast.ed.pk),
        "actor_name": "Ed",
        "ip": "203.0.113.9",
        "verb": "thing.done",
        "target_kind": "team",
        "target_id": str(cast.team.pk),
        "target_name": "Care",
        "change": row["change"],
    }
    assert json.loads(row["change"]) == entry.change
    (told,) = json.loads(body(client.post(EXPORT, {"format": "json", "verb": "thing.done"})))
    assert told == {**row, "id": entry.pk, "actor_id": cast.ed.pk, "change": entry.change}


def test_no_export_holds_a_secret(cast, sign_in):
    secrets = {"client_secret": [None, "hunter2"], "note": "Bearer hunter2", "inner": {"access_token": "hunter2"}}
    audit.record(cast.ed, "thing.done", cast.team, secrets)
    client = sign_in(cast.olive)
    for form in ("csv", "json"):
        text = body(client.post(EXPORT, {"format": form}))
        assert "thing.done" in text
        assert "hunter2" not in text
        assert audit.MASK in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "ed"}, {"bread.baked"}),
        ({"person": "system"}, {"bread.sold"}),
        ({"verb": "bread.baked"}, {"bread.baked"}),
        ({"thing": "Care"}, {"bread.baked"}),
        ({"since": "2026-01-01", "until": "2200-01-01"}, {"bread.baked", "bread.sold"}),
        ({"until": "2020-01-01"}, set()),
    ],
)
def test_an_export_has_what_the_page_shows_and_no_more(cast, sign_in, asked, found):
    audit.record(cast.ed, "bread.baked", cast.team)
    audit.record(System("shop"), "bread.sold", cast.x)
    with scope(cast.globex):
        audit.record(cast.mallory, "bread.stolen", cast.theirs)
    asked = {name: str(cast.ed.pk) if value == "ed" else value for name, value in asked.items()}
    verbs = {row["verb"] for row in exported(sign_in(cast.olive), **asked)}
    assert {verb for verb in verbs if verb.startswith("bread.")} == found


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n=", "\uff1d"])
def test_a_spreadsheet_runs_nothing(cast, sign_in, start):
    cast.team.name = f'{start}HYPERLINK("http://evil")'
    cast.ed.user.name = f"{start}1+1"
    audit.record(cast.ed, "thing.done", cast.team, {"a": 1})
    (row,) = exported(sign_in(cast.olive), verb="thing.done")
    for cell in row.values():
        assert cell.startswith("'") or not cell.strip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert row["target_name"] == f"'{cast.team.name}"
    assert json.loads(row["change"]) == {"a": 1}


def test_a_huge_export_leaves_in_pieces_and_is_never_held_whole(cast, sign_in, monkeypatch):
    """Each batch is read when the one before has left: what is written down meanwhile does not disturb it."""
    monkeypatch.setattr(queries, "BATCH", 100)
    rows = [AuditEntry(organization=cast.acme, at=now(), verb="thing.done", change={}) for _ in range(1000)]
    AuditEntry.objects.bulk_create(rows)
    answer = sign_in(cast.olive).post(EXPORT, {"format": "csv", "verb": "thing.done"})
    assert answer.streaming
    pieces = iter(answer.streaming_content)
    with CaptureQueriesContext(connection) as asked:
        begun = [next(pieces) for _ in range(101)]
    assert len(asked) == 1, "only the first batch is read before it is asked for more"
    audit.record(cast.ed, "thing.done", cast.team)
    assert len(begun) + sum(1 for _ in pieces) == 1001


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
        (AuditFilter(), "audit_newest"),
        (AuditFilter(person="7"), "audit_actor"),
        (AuditFilter(person="system"), "audit_actor"),
        (AuditFilter(verb="v.7"), "audit_verb"),
        (AuditFilter(thing="post 7"), "audit_target"),
        (AuditFilter(thing="Post no. 7"), "audit_named"),
        (AuditFilter(since=datetime(2026, 3, 1).date(), until=datetime(2026, 3, 2).date()), "audit_newest"),
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
    plan = queries.matching_entries(asked).order_by("-at", "-pk")[:51].explain()
    assert index in plan, plan
