"""How the floors above put drafts into the outbox, and take them out again while they may."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from networks.contract import Draft, DraftKind
from networks.models import Attempt, Outgoing, Priority, Profile
from networks.outbox.claims import HORIZON
from networks.outbox.settling import link, tell
from networks.wake import wake_dispatcher
from organizations import audit
from organizations.actors import Actor, label
from socialops.lib import realtime
from socialops.lib.errors import Conflict
from socialops.lib.states import move

PRIORITIES = {DraftKind.POST: Priority.POST, DraftKind.REPLY: Priority.REPLY}


@transaction.atomic
def put_outgoing(
    profile: Profile, draft: Draft, *, key: str, due_at: datetime, priority: Priority | None = None
) -> Outgoing:
    """Plans that `draft` leaves once through `profile` at `due_at`. `key` names the effect: twice is a Conflict.

    Of a profile's due rows a person's reply leaves first, and `priority` orders the others.
    The caller has already checked that its actor may do this.
    """
    try:
        with transaction.atomic():
            row = Outgoing.objects.create(
                profile=profile,
                key=key,
                draft=draft.as_json(),
                planned_at=due_at,
                due_at=due_at,
                priority=PRIORITIES[draft.kind] if priority is None else priority,
            )
    except IntegrityError:
        raise Conflict("This is already on its way.") from None
    changed(row)
    return row


@transaction.atomic
def move_outgoing(row: Outgoing, *, due_at: datetime) -> None:
    """Another time for a row that has not begun. Raises Stale or IllegalMove when it has."""
    move(row, "postpone", due_at=due_at, planned_at=due_at, claim=None, lease_until=None)
    changed(row)


@transaction.atomic
def cancel_outgoing(row: Outgoing) -> None:
    """It will not leave. Raises Stale or IllegalMove when it has begun to."""
    move(row, "cancel", claim=None, lease_until=None)
    changed(row)


@transaction.atomic
def retry_outgoing(actor: Actor, row: Outgoing) -> None:
    """Tries a cleanly failed row again, now."""
    if row.state != "failed":
        raise Conflict("Only what has failed cleanly can be tried again.")
    at = now()
    move(row, "retry", due_at=at, reason="", claim=None, lease_until=None)
    audit.record(actor, "outgoing.retried", row, {"state": ["failed", row.state]})
    changed(row)


@transaction.atomic
def resolve_outgoing(actor: Actor, row: Outgoing, *, there: bool, remote_id: str = "", permalink: str = "") -> None:
    """A person decides what the network could not tell: it is there (as `remote_id`), or not and is sent again."""
    if row.state != "unknown":
        raise Conflict("Only a sending whose outcome is not known can be decided by hand.")
    at = now()
    if there:
        move(row, "confirm", sent_at=at, needs_person=False, reason="", claim=None, lease_until=None)
        if remote_id:
            link(row, remote_id, permalink)
    else:
        move(
            row, "postpone", due_at=at, needs_person=False, reason="", looks=0, resends=0, claim=None, lease_until=None
        )
    word = "it is there" if there else "send again"
    Attempt.objects.create(
        outgoing=row, kind="person", worker=label(actor).name[:120], started_at=at, finished_at=at, outcome=word
    )
    audit.record(actor, "outgoing.resolved", row, {"decision": word, "state": ["unknown", row.state]})
    tell(row)
    changed(row)


def changed(row: Outgoing) -> None:
    realtime.ping(row.organization_id, "outgoing", row.pk, profile_id=row.profile_id)
    if row.state == "waiting" and row.due_at <= now() + HORIZON + timedelta(seconds=1):
        wake_dispatcher()
