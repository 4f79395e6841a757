"""Which row is next, and whose work is due. Any number of workers may ask at once.

Taking a row is one transaction: it is `sending`, under a lease and a fencing token, and its Attempt is written. Until
then it is `waiting` and can be cancelled, moved or paused.
"""

import os
import socket
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Expression, QuerySet
from django.db.models.expressions import RawSQL

from foundation.database.prepared_statements import PreparedQuery
from foundation.states import Stale, move
from networks.models import Attempt, Outgoing
from networks.outbox import circuits, doubted_rows, pulse
from networks.outbox.chains import hash_draft, update_parts_behind
from networks.outbox.files import lacks_files
from networks.outbox.lanes import due_lanes, lock_next_row
from networks.outbox.too_late_rows import hold_too_late, is_too_late
from networks.outbox.twins import TWIN_WAIT_REASON, has_unknown_twin
from organizations.tenancy import require_organization_id, scope

CLAIM_HORIZON = timedelta(seconds=1.5)  # work that is due this soon is handed out with the exact time to begin
SEND_LEASE = timedelta(seconds=1.5 * settings.SEND_TIMEOUT_SECONDS)  # longer than the slowest call: 5 s + 30 s
TURN_SPACING = timedelta(milliseconds=20)  # what is due this close together is begun together
REAP_BATCH = 600
TWIN_WAIT = timedelta(seconds=2)
HAS_ANOTHER_SQL = """
    EXISTS (SELECT FROM networks_outgoing other
            WHERE other.profile_id = networks_outgoing.profile_id AND other.state = %s)
"""
IS_FOLLOWED_SQL = "EXISTS (SELECT FROM networks_outgoing part WHERE part.after_id = networks_outgoing.id)"
# What becomes of a row whose worker vanished: event, outcome, reason.
LOST_SENDING = ("lose", "unknown", "The worker stopped before the network's answer was written down.")
LOST_UPLOAD = ("postpone", "not sent", "The worker stopped while it brought the files.")


@dataclass(frozen=True, slots=True)
class Turn:
    """An organization may have one worker from `at` on."""

    organization_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    organization_id: int
    outgoing_id: int
    token: uuid.UUID


def due_turns(now: datetime) -> list[Turn]:
    """For each organization as many turns as it has lanes with due work, and at most as many as it has seats."""
    return list(spread_turns(due_lanes(now, now + CLAIM_HORIZON)))


def spread_turns(due: Iterable[tuple[int, datetime, int]]) -> Iterator[Turn]:
    last: dict[int, datetime] = {}
    for organization_id, at, lanes in due:
        if organization_id in last and at - last[organization_id] < TURN_SPACING:
            continue  # whoever has the earlier turn goes on with these
        last[organization_id] = at
        yield from [Turn(organization_id, at)] * min(lanes, settings.SENDS_AT_ONCE)


@transaction.atomic
def begin_next_row(now: datetime) -> tuple[Outgoing, Attempt | None] | None:
    """Takes the row that is to leave next from the organization in scope; None when none may.

    What has become too late is held instead, what says the same as another waits, what may have left before an older
    state came back is looked for, and whoever was overtaken may look again: then there is no Attempt.
    """
    found = lock_next_row(require_organization_id(), now)
    if found is None:
        return None
    pk, circuit_id = found
    row = CHOSEN_ROW.get(pk, require_organization_id())
    row.has_part_behind = row.is_followed  # spares who settles it a query
    if not pulse.is_trusted_beat(row.pulse):
        return None  # an older state has come back, and nobody has seen to it yet
    row.circuit_id = circuit_id
    if row.overtaken:  # another of the profile's rows was begun between the choice and the lock
        return row, None
    if row.older and doubted_rows.doubt_row(row, row.older, now):
        return row, None
    if is_too_late(row, now):
        hold_too_late(row, now)
        return row, None
    if row.has_unknown_row and has_unknown_twin(row):
        move(row, "postpone", due_at=now + TWIN_WAIT, reason=TWIN_WAIT_REASON)
        return row, None
    if not circuits.take_circuit_turn(circuit_id, now):
        return None
    move(
        row,
        "begin",
        claim=uuid.uuid4(),
        lease_until=now + SEND_LEASE,
        attempt_count=row.attempt_count + 1,
        first_tried_at=row.first_tried_at or now,
    )
    return row, open_attempt(row, "upload" if lacks_files(row, now) else "send", now)


def profile_has_row_in(state: str) -> RawSQL:
    """Whether the row's profile has one in this state. Written out, for it is asked for each row that leaves."""
    return RawSQL(HAS_ANOTHER_SQL, (state,))  # noqa: S611  # a constant


def build_chosen_row(pk: Expression, organization_id: Expression) -> QuerySet[Any]:
    # unscoped: the organization is an argument, for this is built once for all of them
    rows = Outgoing.unscoped.filter(pk=pk, organization_id=organization_id)
    return rows.select_related("profile__credential", "profile__organization").annotate(
        overtaken=profile_has_row_in("sending"),
        has_unknown_row=profile_has_row_in("unknown"),
        pulse=pulse.trusted_beat(),
        older=doubted_rows.restoration_id_of_row(),
        is_followed=RawSQL(IS_FOLLOWED_SQL, ()),  # noqa: S611  # a constant
    )


CHOSEN_ROW = PreparedQuery("outbox_row", 2, build_chosen_row)


def open_attempt(row: Outgoing, kind: str, now: datetime) -> Attempt:
    return Attempt.objects.create(
        outgoing=row,
        kind=kind,
        draft_hash=hash_draft(row),
        worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
        started_at=now,
    )


def count_due_looks(now: datetime) -> int:
    """How many workers are to look for rows whose outcome is not known."""
    return len(rows_to_look_for(now)[: settings.LOOKS_IN_FLIGHT])


def rows_to_look_for(now: datetime) -> QuerySet[Outgoing]:
    # unscoped: whoever looks serves every organization; index outgoing_unknown
    rows = Outgoing.unscoped.filter(state="unknown", needs_person=False, due_at__lte=now)
    return rows.filter(profile__state="connected").order_by("due_at")


@transaction.atomic
def claim_row_to_look_for(now: datetime) -> Claim | None:
    """Leases the row that has waited longest to be looked for."""
    row = rows_to_look_for(now).select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    token = uuid.uuid4()
    # unscoped: the row was just locked above
    Outgoing.unscoped.filter(pk=row.pk).update(claim=token, due_at=now + SEND_LEASE)
    return Claim(row.organization_id, row.pk, token)


def reap_lost_rows(now: datetime) -> int:
    """Rows whose sender vanished in mid-call."""
    # unscoped: one reaper serves every organization; index outgoing_in_flight
    lost = list(Outgoing.unscoped.filter(state="sending", lease_until__lt=now)[:REAP_BATCH])
    return sum(mark_lost(row, now) for row in lost)


def mark_lost(row: Outgoing, now: datetime) -> bool:
    """What became of it is not known, so it is looked for at once; unless only its files were on their way."""
    with scope(row.organization_id), transaction.atomic():
        open_attempts = Attempt.objects.filter(outgoing=row, finished_at=None)
        event, outcome, detail = LOST_UPLOAD if open_attempts.filter(kind="upload").exists() else LOST_SENDING
        try:
            move(row, event, match={"claim": row.claim}, due_at=now, looks=0, reason=detail)
        except Stale:
            return False  # it was settled in this very moment
        open_attempts.update(finished_at=now, outcome=outcome, detail=detail)
        update_parts_behind(row)
    return True
