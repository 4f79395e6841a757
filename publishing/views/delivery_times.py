"""The buttons on one profile's copy that waits for somebody to say when it leaves."""

from django.utils.translation import gettext as _

from foundation.texts.dates import format_planned_time
from organizations.auditing.overtaken_changes import posted_mark
from organizations.gates import MemberRequest
from publishing.actions.delivery_times import move_delivery, send_delivery_now
from publishing.models import Delivery
from publishing.views.button_messages import leaving_message
from publishing.views.deliveries import delivery_button
from publishing.views.post_buttons import parse_planned_time


@delivery_button
def send_held_delivery(request: MemberRequest, delivery: Delivery) -> str:
    send_delivery_now(request.member, delivery, seen=posted_mark(request))
    return _("It leaves once the pause ends.") if delivery.profile.pause else leaving_message()


@delivery_button
def reschedule_delivery(request: MemberRequest, delivery: Delivery) -> str:
    zone = delivery.post.planned_zone or request.member.time_zone
    at, _wall = parse_planned_time(request, delivery.post, zone)
    move_delivery(request.member, delivery, at=at, seen=posted_mark(request))
    return _("Scheduled for %s.") % format_planned_time(at, zone)
