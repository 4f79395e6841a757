"""What an older state of the database holds as not sent may have left since. So before it leaves it is looked for.

Found, it is sent. Surely not there, it leaves, or is held where that is too late by now. What cannot be looked for
waits for a person. To delete twice is to delete once, so what takes away is left alone.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.db.models.expressions import RawSQL

from foundation.states import move
from networks.contract import DraftKind
from networks.models import FallbackPlan, Outgoing, Restoration
from networks.outbox.deleting import is_deletion
from networks.outbox.outcomes import LOOK_AFTER, Outcome

SHOWN_WITHIN = sum(LOOK_AFTER, timedelta())  # after this a network shows what it took
DOUBTED_REASON = (
    "An older state of this installation came back. It may have left since that was saved, so it is looked for first."
)
DISCONNECTED_REASON = (
    "It may have left since the backup, and the profile must be connected again before it can be looked for."
)
LEAVES_REASON = "It was looked for after the restore and was not there, so it leaves now."
FALLBACK_REASON = (
    "It was looked for after the restore and was not there. By the fallback plan %s may have stood in for it since the "
    "backup: look there, then send it again or call it off."
)
TOO_LATE_REASON = (
    "It was looked for after the restore and was not there. Its time has passed, so it waits for somebody to decide."
)


# The last return of an older state that a row was not looked for after; null for most. Written out, for it goes with
# every row that leaves, and to put it together anew would take longer than to answer it.
RESTORATION_SQL = """(
    SELECT max(r.id) FROM networks_restoration r
    WHERE r.id > coalesce(networks_outgoing.restoration_id, 0)
        AND r.written_before > coalesce(networks_outgoing.written_at, networks_outgoing.created_at)
        AND (r.planned_before IS NULL OR r.planned_before >= networks_outgoing.planned_at)
)"""


def restoration_id_of_row() -> RawSQL:
    return RawSQL(RESTORATION_SQL, ())  # noqa: S611  # constants


def doubt_row(row: Outgoing, restoration_id: int, now: datetime) -> bool:
    """It is looked for before it leaves. The caller has locked it. False for what may be repeated."""
    if is_deletion(row):
        return False
    move(row, "doubt", **doubted_fields(restoration_id, now), due_at=now)
    return True


def doubted_fields(restoration_id: int, now: datetime) -> dict[str, Any]:
    return {
        "restoration_id": restoration_id,
        "doubted": True,
        "looks": 0,
        "needs_person": False,
        "claim": None,
        "lease_until": now,  # the floors above are told of it
        "reason": DOUBTED_REASON,
    }


def may_have_left_since(row: Outgoing) -> datetime:
    """Nothing of it can be on the network from before. The row was read with its `restoration`.

    What came back more than once may have left after the first of these states was saved.
    """
    tried = row.first_tried_at
    if row.restoration is None:
        return tried or row.created_at
    returns = Restoration.objects.filter(pk__lt=row.restoration.pk, written_before__gt=row.written_at or row.created_at)
    first: datetime | None = returns.filter(planned_before=None).aggregate(first=Min("dumped_at"))["first"]
    return min(filter(None, (tried, row.restoration.dumped_at, first)))


def looked_for_since(row: Outgoing) -> datetime:
    if row.doubted and row.restoration:
        return row.restoration.noticed_at
    return row.first_tried_at or row.created_at


def outcome_after_restore(row: Outgoing, now: datetime) -> Outcome:
    """Looked properly. Whatever sent it before has ended; what it sent last may be shown late."""
    assert row.restoration
    shown = row.restoration.noticed_at + SHOWN_WITHIN
    if now < shown:
        detail = "Not on the profile yet."
        return Outcome("keep_looking", "not found", row.reason, detail, due_at=shown, looks=row.looks + 1)
    if standing_in := possible_stand_in(row):
        return Outcome("keep_looking", "needs a person", FALLBACK_REASON % standing_in, asks_person=True)
    reason = TOO_LATE_REASON if row.held else LEAVES_REASON
    return Outcome("postpone", "not found", reason, reason, due_at=now)


def possible_stand_in(row: Outgoing) -> str:
    """The profile that may have stood in for it since, had its network been silent then; empty for most."""
    assert row.restoration
    if row.draft["kind"] != DraftKind.POST or row.planned_at > row.restoration.noticed_at:
        return ""
    plans = FallbackPlan.objects.filter(network=row.profile.network, profile__sandbox=row.profile.sandbox)
    return plans.values_list("profile__name", flat=True).first() or ""


def doubtful_rows(now: datetime) -> QuerySet[Outgoing]:
    """Of every organization: what may have left by now, or is looked for already. Indexes outgoing_due_open,
    outgoing_profile_busy and outgoing_profile_unknown.
    """
    # unscoped: an older state comes back for every organization at once
    rows = Outgoing.unscoped.exclude(draft__kind="delete")
    waiting = Q(state="waiting", planned_at__lte=now) & ~Q(held="chain")
    return rows.filter(waiting | Q(state__in=("sending", "unknown")))


def planned_order() -> F:
    """Looked for in the order in which they would have left."""
    return F("planned_at")
