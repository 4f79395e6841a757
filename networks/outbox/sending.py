"""One sending: the Attempt is committed, then the call is made, then its outcome is written."""

import logging
from dataclasses import replace

from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew, open_adapter
from networks.contract import Publishes
from networks.models import Outgoing
from networks.outbox import chains, deleting
from networks.outbox.claims import begin_next
from networks.outbox.outcomes import Outcome, confirmed, ended_by, renewed_first
from networks.outbox.settling import settle, tell_held

log = logging.getLogger(__name__)


def send_next() -> bool:
    """Sends what is to leave next from the organization in scope, or holds it. False when nothing may leave now."""
    begun = begin_next(clock())
    if begun is None:
        return False
    row, attempt = begun
    if attempt is None:
        tell_held([row])
        return True
    settle(row, attempt, call(row))
    return True


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
        return confirmed(adapter.publish(chains.ready(row)))
    except errors.NotVisible as error:
        return chains.not_visible(row, error, clock())
    except errors.NetworkError as error:
        if may_renew(row.profile, error):
            return renewed_first(error, clock())
        return ended_by(
            error,
            attempts=row.attempt_count,
            ambiguous_before=row.resends > 0,
            planned_at=row.planned_at,
            now=clock(),
        )
    except Exception:  # the task boundary: a defect of ours must not pass for "not sent"
        log.exception("outgoing %s: the adapter failed", row.pk)
        defect = ended_by(
            errors.Ambiguous("Something went wrong on our side while sending."),
            attempts=row.attempt_count,
            ambiguous_before=True,
            planned_at=row.planned_at,
            now=clock(),
        )
        return replace(defect, answered=None)
