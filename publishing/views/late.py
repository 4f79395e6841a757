"""The buttons on one profile's copy that waits for somebody to say when it leaves."""

from django.utils.translation import gettext as _

from organizations.gates import MemberRequest
from publishing.actions.late import move_delivery, send_delivery_now
from publishing.models import Delivery
from publishing.queries.composer import spelt
from publishing.views.decide import moment_in
from publishing.views.deliveries import button


@button
def send(request: MemberRequest, delivery: Delivery) -> str:
    send_delivery_now(request.member, delivery)
    return _("It leaves once the pause is released.") if delivery.profile.pause else _("It is on its way.")


@button
def move(request: MemberRequest, delivery: Delivery) -> str:
    zone = delivery.post.planned_zone or request.member.time_zone
    at = moment_in(request, zone)
    move_delivery(request.member, delivery, at=at)
    return _("Scheduled for %s.") % spelt(at, zone)
