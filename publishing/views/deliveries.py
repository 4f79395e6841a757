"""The buttons on one profile's copy of a post."""

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _

from networks.models import Outgoing
from organizations.auditing.overtaken_changes import posted_mark
from organizations.gates import MemberRequest
from organizations.views.page_buttons import page_button
from publishing.access import access_delivery
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.models import Delivery
from publishing.views.button_messages import StartedMessage, show_message
from publishing.views.post_buttons import render_overtaken_post, return_url


def render_overtaken_delivery(request: MemberRequest, delivery: Delivery) -> HttpResponse:
    rows = Outgoing.objects.filter(Q(pk=delivery.outgoing_id) | Q(chain=delivery.outgoing_id))
    return render_overtaken_post(request, delivery.post, delivery, *rows)


def url_of_post(request: MemberRequest, delivery: Delivery) -> str:
    return return_url(request, delivery.post)


delivery_button = page_button(
    access_delivery, overtaken=render_overtaken_delivery, leads_to=url_of_post, announce=show_message
)


@delivery_button
def retry_failed_delivery(request: MemberRequest, delivery: Delivery) -> str:
    retry_delivery(request.member, delivery, seen=posted_mark(request))
    return StartedMessage(_("It is tried again now."))


@delivery_button
def resolve_unknown_delivery(request: MemberRequest, delivery: Delivery) -> str:
    if request.POST.get("there") != "yes":
        resolve_delivery(request.member, delivery, there=False, seen=posted_mark(request))
        return StartedMessage(_("It is sent again now."))
    reference = request.POST.get("reference", "").strip()
    named = {"permalink": reference} if "/" in reference else {"remote_id": reference}
    resolve_delivery(request.member, delivery, there=True, **named, seen=posted_mark(request))
    return _("Linked to the post on the network.")


@delivery_button
def cancel_one_delivery(request: MemberRequest, delivery: Delivery) -> str:
    cancel_delivery(request.member, delivery, seen=posted_mark(request))
    return _("It is left as it is and is not sent.")


@delivery_button
def delete_from_network(request: MemberRequest, delivery: Delivery) -> str:
    delete_delivery(request.member, delivery)
    return StartedMessage(_("It is being deleted."))
