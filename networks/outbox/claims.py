"""Which rows are due: claimed under a lease, so that any number of dispatchers may ask at once.

A claim is only a promise to try: the row stays `waiting` and can still be cancelled until its first Attempt begins.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from networks.models import Attempt, Outgoing
from organizations.tenancy import scope
from socialops.lib.states import Stale, move

HORIZON = timedelta(seconds=2.5)  # rows due this soon are handed to a worker with the exact time to begin
LEASE = timedelta(seconds=45)  # longer than the slowest call: 5 s to connect, 30 s to answer
IN_FLIGHT = 600  # more claims than workers can begin within the lease would only expire


@dataclass(frozen=True, slots=True)
class Claim:
    organization_id: int
    outgoing_id: int
    token: uuid.UUID
    due_at: datetime


def claim_due(now: datetime) -> list[Claim]:
    """Leases waiting rows that are due within HORIZON on healthy profiles, oldest first."""
    return lease(waiting(now), now, lease_until=now + LEASE)


def claim_unknown(now: datetime) -> list[Claim]:
    """Leases rows whose outcome is not known and that are to be looked for now."""
    # unscoped: one dispatcher serves every organization
    rows = Outgoing.unscoped.filter(
        state="unknown", needs_person=False, due_at__lte=now, profile__state="connected"
    ).order_by("due_at")
    return lease(rows[:IN_FLIGHT], now, due_at=now + LEASE)


def waiting(now: datetime):
    # unscoped: one dispatcher serves every organization
    due = Outgoing.unscoped.filter(state="waiting", due_at__lte=now + HORIZON)  # index outgoing_due
    room = IN_FLIGHT - due.filter(lease_until__gt=now).count()
    free = due.filter(Q(lease_until=None) | Q(lease_until__lte=now)).filter(
        Q(profile__held_until=None) | Q(profile__held_until__lte=now + HORIZON), profile__state="connected"
    )
    return free.order_by("due_at", "id")[: max(room, 0)]


@transaction.atomic
def lease(rows, now: datetime, **until: datetime) -> list[Claim]:
    found = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("organization_id", "pk", "due_at"))
    token = uuid.uuid4()
    # unscoped: the rows were just locked above
    Outgoing.unscoped.filter(pk__in=[pk for _, pk, _ in found]).update(claim=token, **until)
    return [Claim(organization_id, pk, token, due_at) for organization_id, pk, due_at in found]


def release(claims: list[Claim]) -> None:
    """Gives back what could not be handed to a worker."""
    # unscoped: the tokens are ours alone
    Outgoing.unscoped.filter(claim__in={claim.token for claim in claims}, state="waiting").update(
        claim=None, lease_until=None
    )


def reap(now: datetime) -> int:
    """Rows whose sender vanished in mid-call: what became of them is not known, so they are looked for at once."""
    # unscoped: one reaper serves every organization; index outgoing_in_flight
    lost = list(Outgoing.unscoped.filter(state="sending", lease_until__lt=now)[:IN_FLIGHT])
    return sum(lose(row, now) for row in lost)


def lose(row: Outgoing, now: datetime) -> bool:
    detail = "The worker stopped before the network's answer was written down."
    with scope(row.organization_id), transaction.atomic():
        try:
            move(row, "lose", match={"claim": row.claim}, due_at=now, looks=0, reason=detail)
        except Stale:
            return False  # it was settled in this very moment
        Attempt.objects.filter(outgoing=row, finished_at=None).update(finished_at=now, outcome="unknown", detail=detail)
    return True
