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
from networks.outbox.claims import begin_next, open_attempt
from networks.outbox.endings import ended
from networks.outbox.files import with_files
from networks.outbox.outcomes import Outcome, confirmed
from networks.outbox.settling import close, settle, tell_held
from networks.outbox.uploading import bring, without_files

log = logging.getLogger(__name__)

UPLOADED = Outcome("", "uploaded")


def send_next() -> bool:
    """Sends what is to leave next from the organization in scope, or holds it. False when nothing may leave now."""
    begun = begin_next(clock())
    if begun is None:
        return False
    row, attempt = begun
    if attempt is not None:
        send(row, attempt)
    elif row.held:
        tell_held([row])
    return True


def send(row: Outgoing, attempt: Attempt) -> bool:
    """Brings the files of a row that was begun, and sends it. False when it had been taken away meanwhile."""
    if attempt.kind == "upload":
        stopped = bring(row)
        if stopped:
            return settle(row, attempt, stopped)
        with transaction.atomic():
            close(attempt, UPLOADED)
            attempt = open_attempt(row, "send", clock())
    return settle(row, attempt, call(row))


def check_lease(row: Outgoing) -> None:
    """A worker that stood still for so long may have been taken for dead, and the row sent by another."""
    if row.lease_until and row.lease_until < clock():
        raise errors.NotSent("Our worker was held up, so nothing was sent.")


def call(row: Outgoing) -> Outcome:
    """The one call that writes. Whatever happens, the answer is an Outcome."""
    try:
        adapter = open_adapter(row.profile)
        check_lease(row)
        if deleting.takes_away(row):
            return deleting.take_away(row, adapter)
        if not isinstance(adapter, Publishes):
            raise errors.Refused("This network does not take posts from us.")
        return confirmed(adapter.publish(with_files(row, chains.ready(row), clock())))
    except errors.NotVisible as error:
        return chains.not_visible(row, error, clock())
    except errors.Gone as error:
        return without_files(row, error)
    except errors.NetworkError as error:
        return ended(row, error)
    except Exception:  # the task boundary: a defect of ours must not pass for "not sent"
        log.exception("outgoing %s: the adapter failed", row.pk)
        return replace(ended(row, errors.Ambiguous("Something went wrong on our side while sending.")), answered=None)
