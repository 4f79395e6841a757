"""One sending: the Attempt is committed, then the call is made, then its outcome is written."""

import logging
from dataclasses import replace

from django.db import transaction
from django.utils.timezone import now as clock

from networks import errors
from networks.access import open_adapter
from networks.contract import Publishes
from networks.models import Attempt, Outgoing
from networks.outbox import chains, deleting
from networks.outbox.claims import begin_next_row, open_attempt
from networks.outbox.failed_calls import outcome_of_failure
from networks.outbox.files import attach_uploads
from networks.outbox.outcomes import Outcome, outcome_of_published
from networks.outbox.settling import close_attempt, notify_held, settle_row
from networks.outbox.uploading import outcome_of_lost_files, upload_files

log = logging.getLogger(__name__)

UPLOADED = Outcome("", "uploaded")


def send_next() -> bool:
    """Sends what is to leave next from the organization in scope, or holds it. False when nothing may leave now."""
    begun = begin_next_row(clock())
    if begun is None:
        return False
    row, attempt = begun
    if attempt is not None:
        send_row(row, attempt)
    elif row.held:
        notify_held([row])
    return True


def send_row(row: Outgoing, attempt: Attempt) -> bool:
    """Brings the files of a row that was begun, and sends it. False when it had been taken away meanwhile."""
    if attempt.kind == "upload":
        stopped = upload_files(row)
        if stopped:
            return settle_row(row, attempt, stopped)
        with transaction.atomic():
            close_attempt(attempt, UPLOADED)
            attempt = open_attempt(row, "send", clock())
    return settle_row(row, attempt, call_network(row))


def require_lease(row: Outgoing) -> None:
    """A worker that stood still for so long may have been taken for dead, and the row sent by another."""
    if row.lease_until and row.lease_until < clock():
        raise errors.NotSent("Our worker was held up, so nothing was sent.")


def call_network(row: Outgoing) -> Outcome:
    """The one call that writes. Whatever happens, the answer is an Outcome."""
    try:
        adapter = open_adapter(row.profile)
        require_lease(row)
        if deleting.is_deletion(row):
            return deleting.send_deletion(row, adapter)
        if not isinstance(adapter, Publishes):
            raise errors.Refused("This network does not take posts from us.")
        return outcome_of_published(adapter.publish(attach_uploads(row, chains.draft_to_send(row), clock())))
    except errors.NotVisible as error:
        return chains.outcome_of_not_visible(row, error, clock())
    except errors.Gone as error:
        return outcome_of_lost_files(row, error)
    except errors.NetworkError as error:
        return outcome_of_failure(row, error)
    except Exception:  # the task boundary: a defect of ours must not pass for "not sent"
        log.exception("outgoing %s: the adapter failed", row.pk)
        return replace(
            outcome_of_failure(row, errors.Ambiguous("Something went wrong on our side while sending.")), answered=None
        )
