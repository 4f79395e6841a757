"""The audit log, newest first, page by page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from organizations.models import AuditEntry
from organizations.tenancy import require_organization_id, scope

PAGE = 50
BATCH = 1000  # rows that an export holds in memory
THING_PATTERN = re.compile(r"([a-z]\w*)[ :#]+([\w.-]{1,40})", re.ASCII)
SYSTEM_ACTOR = "system"
# One look into the index audit_verb for each verb there is, however many rows carry it.
VERBS_SQL = """
WITH RECURSIVE found AS (
    (SELECT verb FROM organizations_auditentry WHERE organization_id = %(org)s ORDER BY verb LIMIT 1)
    UNION ALL
    SELECT (SELECT verb FROM organizations_auditentry
            WHERE organization_id = %(org)s AND verb > found.verb ORDER BY verb LIMIT 1)
    FROM found WHERE found.verb IS NOT NULL
)
SELECT verb FROM found WHERE verb IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What somebody looks for. `person` is a member's id or "system"; `thing` is "post 12", or a name as written down.

    Days are whole days of `zone`. What cannot be read narrows nothing down, except that an unknown name finds nothing.
    """

    person: str = ""
    verb: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: list[AuditEntry]
    older: int | None
    newer: int | None


def audit_page(criteria: AuditFilter, *, before: str = "", after: str = "") -> AuditPage:
    """Entries older (or newer) than the one with an id. Indexes audit_newest, _actor, _verb, _target, _named."""
    rows = matching_entries(criteria)
    if mark := find_entry(after):
        newer = rows.filter(at__gte=mark.at).filter(Q(at__gt=mark.at) | Q(pk__gt=mark.pk))
        taken = list(newer.order_by("at", "pk")[: PAGE + 1])
        shown = taken[:PAGE][::-1]
        return AuditPage(shown, shown[-1].pk if shown else None, shown[0].pk if len(taken) > PAGE else None)
    mark = find_entry(before)
    taken = list((entries_older_than(rows, mark) if mark else rows).order_by("-at", "-pk")[: PAGE + 1])
    shown = taken[:PAGE]
    return AuditPage(shown, shown[-1].pk if len(taken) > PAGE else None, shown[0].pk if shown and mark else None)


def matching_entries(criteria: AuditFilter) -> QuerySet[AuditEntry]:
    rows: QuerySet[AuditEntry] = AuditEntry.objects.all()
    if criteria.person == SYSTEM_ACTOR:
        rows = rows.filter(actor_id=None)
    elif is_id(criteria.person):
        rows = rows.filter(actor_id=int(criteria.person))
    if criteria.verb:
        rows = rows.filter(verb=criteria.verb)
    if named := THING_PATTERN.fullmatch(criteria.thing.strip().lower()):
        rows = rows.filter(target_kind=named[1], target_id=named[2])
    elif criteria.thing.strip():
        rows = rows.filter(target_name=criteria.thing.strip())
    if criteria.since:
        rows = rows.filter(at__gte=start_of_day(criteria.since, criteria.zone))
    if criteria.until:
        rows = rows.filter(at__lt=start_of_day(criteria.until + timedelta(days=1), criteria.zone))
    return rows


def entries_older_than(rows: QuerySet[AuditEntry], mark: AuditEntry) -> QuerySet[AuditEntry]:
    return rows.filter(at__lte=mark.at).filter(Q(at__lt=mark.at) | Q(pk__lt=mark.pk))


def iterate_entries(organization_id: int, criteria: AuditFilter) -> Iterator[AuditEntry]:
    """All of it, newest first, a batch at a time. Runs while an answer is sent, so it enters the scope by itself."""
    mark: AuditEntry | None = None
    while True:
        with scope(organization_id):
            rows = matching_entries(criteria)
            batch = list((entries_older_than(rows, mark) if mark else rows).order_by("-at", "-pk")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        mark = batch[-1]


def verbs_used() -> list[str]:
    """Every verb that was ever written down here."""
    with connection.cursor() as cursor:
        cursor.execute(VERBS_SQL, {"org": require_organization_id()})
        return [verb for (verb,) in cursor.fetchall()]


def find_entry(pk: str) -> AuditEntry | None:
    return AuditEntry.objects.filter(pk=int(pk)).first() if is_id(pk) else None


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def start_of_day(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
