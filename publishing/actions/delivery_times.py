"""A person's answer about a post that waits on one profile: now, or at another time."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from foundation.overtaking import Seen
from networks.actions.outgoing import reschedule_outgoing
from networks.models import Held, Outgoing
from organizations.actors import Actor
from organizations.auditing import audit
from publishing.actions.deliveries import lock_decided_row, refresh_and_ping
from publishing.models import Delivery
from publishing.planning.planned_times import checked_due
from publishing.planning.too_late_notices import settle_too_late


@transaction.atomic
def move_delivery(actor: Actor, delivery: Delivery, *, at: datetime, seen: Seen = None) -> Delivery:
    """Another time for this profile's copy alone. What was held as too late is not asked about again.

    Raises Invalid (scheduled_at), PermissionDenied, Conflict when it does not wait any more.
    """
    row = lock_decided_row(actor, delivery, seen)
    if row.state != "waiting":
        raise Conflict(_("It does not wait any more: look at where it stands now."))
    before, at = row.planned_at, checked_due(at, now())
    reschedule_outgoing(row, due_at=at)
    audit.record(actor, "delivery.moved", delivery, {"at": [before.isoformat(), at.isoformat()]})
    if not Outgoing.objects.filter(profile=row.profile_id, state="waiting", held=Held.TOO_LATE).exists():
        settle_too_late(row.profile_id)
    return refresh_and_ping(delivery)


def send_delivery_now(actor: Actor, delivery: Delivery, *, seen: Seen = None) -> Delivery:
    """Due at once, however late that is."""
    return move_delivery(actor, delivery, at=now(), seen=seen)
