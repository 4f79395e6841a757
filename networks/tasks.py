"""The workers' side of the outbox and of intake. Every task may run twice, late or never without harm."""

import logging
import uuid
from datetime import datetime
from typing import Any

from celery import Task, shared_task
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from networks.intake import claim_poll, digest_receipt, due_polls, end_poll, open_receipts, poll_profile
from networks.outbox.claims import Claim, claim_due, claim_unknown, reap, release
from networks.outbox.looking import look_one
from networks.outbox.sending import send_one
from organizations.tenancy import scope
from socialops.lib import heartbeat

log = logging.getLogger(__name__)


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
    enqueue(send, claim_due(at), at)
    enqueue(look, claim_unknown(at), at)


def enqueue(task: Task, claims: list[Claim], at: datetime) -> None:
    try:
        for claim in claims:
            eta = claim.due_at if claim.due_at > at else None
            task.apply_async((claim.organization_id, claim.outgoing_id, str(claim.token)), eta=eta, retry=False)
    except OperationalError:
        release(claims)
        raise


@shared_task(base=TenantTask)
def send(organization_id: int, outgoing_id: int, claim: str) -> None:
    send_one(outgoing_id, uuid.UUID(claim))


@shared_task(base=TenantTask)
def look(organization_id: int, outgoing_id: int, claim: str) -> None:
    look_one(outgoing_id, uuid.UUID(claim))


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
