"""The buttons on one profile's copy of a post."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import AppError
from foundation.overtaking import Overtaken
from networks.models import Outgoing
from organizations.auditing.overtaken_changes import posted_mark
from organizations.gates import MemberRequest, member_gate
from publishing.access import access_delivery
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.models import Delivery
from publishing.views.button_messages import StartedMessage, show_message
from publishing.views.post_buttons import render_overtaken_post, return_url

DeliveryAction = Callable[[MemberRequest, Delivery], str]


def delivery_button(work: DeliveryAction) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        delivery = access_delivery(request.member, pk)
        try:
            show_message(request, work(request, delivery))
        except Overtaken:
            return render_overtaken_post(request, delivery.post, delivery, *delivery_rows(delivery))
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(return_url(request, delivery.post))

    return pressed


def delivery_rows(delivery: Delivery) -> list[Outgoing]:
    return list(Outgoing.objects.filter(Q(pk=delivery.outgoing_id) | Q(chain=delivery.outgoing_id)))


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
