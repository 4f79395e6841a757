"""The workers' side of the outbox and of intake. Every task may run twice, late or never without harm."""

import logging
from time import monotonic

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from foundation.processes import heartbeat
from foundation.processes.advisory_permits import advisory_permit
from networks.actions.restoring import watch_pulse
from networks.incoming.identifying import identify_due_profiles
from networks.incoming.intake import (
    claim_poll,
    count_due_polls,
    digest_receipt,
    list_undigested_receipts,
    poll_profile,
    release_poll,
)
from networks.incoming.receipt_retention import purge_read_receipts
from networks.outbox.claims import claim_row_to_look_for, count_due_looks, due_turns, reap_lost_rows
from networks.outbox.reconciling import reconcile_row
from networks.outbox.sending import send_next
from networks.outbox.settling import notify_left_settled
from networks.outbox.uploading import upload_files_ahead
from organizations.tenancy import TenantTask, scope

log = logging.getLogger(__name__)

SEND_TURN_SECONDS = 1  # seconds
LOOK_TURN_SECONDS = 5  # seconds
TURN_EXPIRES_SECONDS = 4  # seconds; a turn that nobody had time for is given anew by the next tick


@shared_task
def tick() -> None:
    """What is due now: lost senders, rows to send, rows to look for. One scan for all three."""
    at = now()
    heartbeat.record_heartbeat("tick")
    if not watch_pulse(at):
        return
    reap_lost_rows(at)
    notify_left_settled(at)
    for turn in due_turns(at):
        eta = turn.at if turn.at > at else None
        send_due.apply_async((turn.organization_id,), eta=eta, expires=TURN_EXPIRES_SECONDS, retry=False)
    for _ in range(count_due_looks(at)):
        look_due.apply_async(expires=TURN_EXPIRES_SECONDS, retry=False)


@shared_task(base=TenantTask)
def send_due(organization_id: int) -> None:
    """One worker for one organization, for a moment; then it stands in line again, behind the other organizations."""
    until, sent = monotonic() + SEND_TURN_SECONDS, False
    with advisory_permit(f"send {organization_id}", settings.SENDS_AT_ONCE) as free:
        while free and monotonic() < until and send_next():
            sent = True
    if sent:  # also where nothing was left for this moment: a network's share of the workers may be free in the next
        send_due.apply_async((organization_id,), expires=TURN_EXPIRES_SECONDS, retry=False)


@shared_task
def look_due() -> None:
    """One of the few workers that look at once, for a moment. So networks that hang never hold up what leaves."""
    until = monotonic() + LOOK_TURN_SECONDS
    with advisory_permit("look", settings.LOOKS_IN_FLIGHT) as free:
        while free and monotonic() < until and (claim := claim_row_to_look_for(now())):
            with scope(claim.organization_id):
                reconcile_row(claim.outgoing_id, claim.token)


@shared_task
def bring_files() -> None:
    upload_files_ahead()


@shared_task
def poll_due() -> None:
    """Asks every profile whose time has come what is new, and takes up pushes that nobody has digested."""
    at = now()
    for _ in range(count_due_polls(at)):
        poll.apply_async(retry=False, queue="inbound")
    for receipt_id in list_undigested_receipts(at):
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
                release_poll(profile_id)


@shared_task
def digest(receipt_id: int) -> None:
    digest_receipt(receipt_id)


@shared_task
def identify_profiles() -> None:
    """Asks networks what profiles are called, and how they look, by now."""
    identify_due_profiles(now())


@shared_task
def purge_receipts() -> None:
    """Removes what networks pushed and was read long ago."""
    purge_read_receipts(now(), days=settings.RECEIPT_RETENTION_DAYS)
