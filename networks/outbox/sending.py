"""One sending: the Attempt is committed, then the call is made, then its outcome is written."""

import hashlib
import json
import logging
import os
import socket
import uuid
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now as clock

from networks import errors
from networks.access import open_adapter
from networks.contract import Publishes
from networks.models import Attempt, Outgoing
from networks.outbox.claims import LEASE
from networks.outbox.outcomes import Outcome, confirmed, ended_by
from networks.outbox.settling import settle
from socialops.lib.states import Stale, move

log = logging.getLogger(__name__)


def send_one(outgoing_id: int, claim: uuid.UUID) -> None:
    """Sends a claimed row, in its organization's scope. Does nothing when the claim is no longer the row's."""
    begun = begin(outgoing_id, claim, clock())
    if begun is None:
        return
    row, attempt = begun
    settle(row, attempt, call(row))


@transaction.atomic
def begin(outgoing_id: int, claim: uuid.UUID, now: datetime) -> tuple[Outgoing, Attempt] | None:
    row = (
        Outgoing.objects.select_related("profile__credential")
        .filter(pk=outgoing_id, claim=claim, state="waiting")
        .first()
    )
    if row is None or not may_leave(row, now):
        return None
    try:
        move(
            row,
            "begin",
            match={"claim": claim},
            lease_until=now + LEASE,
            attempt_count=row.attempt_count + 1,
            first_tried_at=row.first_tried_at or now,
        )
    except Stale:
        return None  # cancelled or moved in this very moment
    return row, open_attempt(row, "send", now)


def may_leave(row: Outgoing, now: datetime) -> bool:
    """Checked again at the last moment; a row that may not leave gives its claim back."""
    held = row.profile.held_until
    if row.profile.state == "connected" and (held is None or held <= now):
        return True
    move(row, "postpone", match={"claim": row.claim}, claim=None, lease_until=None, due_at=max(row.due_at, held or now))
    return False


def open_attempt(row: Outgoing, kind: str, now: datetime) -> Attempt:
    return Attempt.objects.create(
        outgoing=row,
        kind=kind,
        draft_hash=hashlib.sha256(json.dumps(row.draft, sort_keys=True).encode()).hexdigest(),
        worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
        started_at=now,
    )


def call(row: Outgoing) -> Outcome:
    """The one call that writes. Whatever happens, the answer is an Outcome."""
    try:
        adapter = open_adapter(row.profile)
        if not isinstance(adapter, Publishes):
            raise errors.Refused("This network does not take posts from us.")
        return confirmed(adapter.publish(row.frozen))
    except errors.NetworkError as error:
        return ended_by(
            error,
            attempts=row.attempt_count,
            ambiguous_before=row.resends > 0,
            planned_at=row.planned_at,
            now=clock(),
        )
    except Exception:  # the task boundary: a defect of ours must not pass for "not sent"
        log.exception("outgoing %s: the adapter failed", row.pk)
        return ended_by(
            errors.Ambiguous("Something went wrong on our side while sending."),
            attempts=row.attempt_count,
            ambiguous_before=True,
            planned_at=row.planned_at,
            now=clock(),
        )
