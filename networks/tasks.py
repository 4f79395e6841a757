"""The workers' side of the outbox and of intake. Every task may run twice, late or never without harm."""

import logging
import uuid
from time import monotonic
from typing import Any

from celery import Task, shared_task
from django.utils.timezone import now

from networks.intake import claim_poll, digest_receipt, due_polls, end_poll, open_receipts, poll_profile
from networks.outbox.claims import claim_unknown, due_turns, has_room, reap
from networks.outbox.looking import look_one
from networks.outbox.sending import send_next
from networks.outbox.settling import tell_untold
from networks.outbox.uploading import bring_ahead
from organizations.tenancy import scope
from socialops.lib import heartbeat

log = logging.getLogger(__name__)

TURN = 0.5  # seconds
TURN_EXPIRES = 4  # seconds; a turn that nobody had time for is given anew by the next tick


class TenantTask(Task):  # type: ignore[misc]  # celery has no types
    """A task whose first argument is the id of the organization it works for."""

    def __call__(self, organization_id: int, *args: Any, **kwargs: Any) -> Any:
        with scope(organization_id):
            return super().__call__(organization_id, *args, **kwargs)


@shared_task
def tick() -> None:
    """What is due now: lost senders, rows to send, rows to look for. One scan for all three."""
    at = now()
    heartbeat.beat("tick")
    reap(at)
    tell_untold(at)
    for turn in due_turns(at):
        eta = turn.at if turn.at > at else None
        send_due.apply_async((turn.organization_id,), eta=eta, expires=TURN_EXPIRES, retry=False)
    for claim in claim_unknown(at):
        look.apply_async((claim.organization_id, claim.outgoing_id, str(claim.token)), retry=False)


@shared_task(base=TenantTask)
def send_due(organization_id: int) -> None:
    """One worker for one organization, for a moment; then it stands in line again, behind the other organizations."""
    if not has_room():
        return
    until = monotonic() + TURN
    while send_next():
        if monotonic() > until:
            send_due.apply_async((organization_id,), expires=TURN_EXPIRES, retry=False)
            return


@shared_task(base=TenantTask)
def look(organization_id: int, outgoing_id: int, claim: str) -> None:
    look_one(outgoing_id, uuid.UUID(claim))


@shared_task
def bring_files() -> None:
    bring_ahead()


@shared_task
def poll_due() -> None:
    """Asks every profile whose time has come what is new, and takes up pushes that nobody has digested."""
    at = now()
    for _ in range(due_polls(at)):
        poll.apply_async(retry=False, queue="inbound")
    for receipt_id in open_receipts(at):
        digest.apply_async((receipt_id,), retry=False, queue="inbound")


@shared_task
def poll() -> None:
    """Asks one due profile after the other. Few run at once, so that networks which hang never hold up posts."""
    while claimed := claim_poll(now()):
        organization_id, profile_id = claimed
        with scope(organization_id):
            try:
                poll_profile(profile_id)
            finally:
                end_poll(profile_id)


@shared_task
def digest(receipt_id: int) -> None:
    digest_receipt(receipt_id)
