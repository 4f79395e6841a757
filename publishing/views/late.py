"""The buttons on one profile's copy that waits for somebody to say when it leaves."""

from django.utils.translation import gettext as _

from foundation.texts.dates import spelt_planned
from organizations.auditing.overtaken_changes import seen_in
from organizations.gates import MemberRequest
from publishing.actions.late import move_delivery, send_delivery_now
from publishing.models import Delivery
from publishing.views.decide import moment_in
from publishing.views.deliveries import button
from publishing.views.saying import leaving


@button
def send(request: MemberRequest, delivery: Delivery) -> str:
    send_delivery_now(request.member, delivery, seen=seen_in(request))
    return _("It leaves once the pause ends.") if delivery.profile.pause else leaving()


@button
def move(request: MemberRequest, delivery: Delivery) -> str:
    zone = delivery.post.planned_zone or request.member.time_zone
    at, _wall = moment_in(request, delivery.post, zone)
    move_delivery(request.member, delivery, at=at, seen=seen_in(request))
    return _("Scheduled for %s.") % spelt_planned(at, zone)
