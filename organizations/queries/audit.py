"""The audit log, newest first, page by page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from foundation.database.keyset import KeyPage, page_by_key, rows_after
from foundation.texts.ids import parse_id
from organizations.models import AuditEntry
from organizations.tenancy import require_organization_id, scope

PAGE = 50
NEWEST_FIRST = ("-at", "-pk")
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


def audit_page(criteria: AuditFilter, *, before: int | None = None, after: int | None = None) -> KeyPage[AuditEntry]:
    """Entries older (or newer) than the one with an id. Indexes audit_newest, _actor, _verb, _target, _named."""
    return page_by_key(matching_entries(criteria), NEWEST_FIRST, size=PAGE, after=before, before=after)


def matching_entries(criteria: AuditFilter) -> QuerySet[AuditEntry]:
    rows: QuerySet[AuditEntry] = AuditEntry.objects.all()
    if criteria.person == SYSTEM_ACTOR:
        rows = rows.filter(actor_id=None)
    elif (person := parse_id(criteria.person)) is not None:
        rows = rows.filter(actor_id=person)
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


def iterate_entries(organization_id: int, criteria: AuditFilter) -> Iterator[AuditEntry]:
    """All of it, newest first, a batch at a time. Runs while an answer is sent, so it enters the scope by itself."""
    edge: tuple[datetime, int] | None = None
    while True:
        with scope(organization_id):
            batch = list(rows_after(matching_entries(criteria), NEWEST_FIRST, edge)[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        edge = batch[-1].at, batch[-1].pk


def verbs_used() -> list[str]:
    """Every verb that was ever written down here."""
    with connection.cursor() as cursor:
        cursor.execute(VERBS_SQL, {"org": require_organization_id()})
        return [verb for (verb,) in cursor.fetchall()]


def start_of_day(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
