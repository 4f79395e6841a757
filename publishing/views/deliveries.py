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
from organizations.auditing.overtaken_changes import seen_in
from organizations.gates import MemberRequest, member_gate
from publishing.access import access_delivery
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.models import Delivery
from publishing.views.decide import back, overtaken_page
from publishing.views.saying import Begun, say

Button = Callable[[MemberRequest, Delivery], str]


def button(work: Button) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        delivery = access_delivery(request.member, pk)
        try:
            say(request, work(request, delivery))
        except Overtaken:
            return overtaken_page(request, delivery.post, delivery, *parts(delivery))
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(back(request, delivery.post))

    return pressed


def parts(delivery: Delivery) -> list[Outgoing]:
    return list(Outgoing.objects.filter(Q(pk=delivery.outgoing_id) | Q(chain=delivery.outgoing_id)))


@button
def retry(request: MemberRequest, delivery: Delivery) -> str:
    retry_delivery(request.member, delivery, seen=seen_in(request))
    return Begun(_("It is tried again now."))


@button
def resolve(request: MemberRequest, delivery: Delivery) -> str:
    if request.POST.get("there") != "yes":
        resolve_delivery(request.member, delivery, there=False, seen=seen_in(request))
        return Begun(_("It is sent again now."))
    reference = request.POST.get("reference", "").strip()
    named = {"permalink": reference} if "/" in reference else {"remote_id": reference}
    resolve_delivery(request.member, delivery, there=True, **named, seen=seen_in(request))
    return _("Linked to the post on the network.")


@button
def cancel(request: MemberRequest, delivery: Delivery) -> str:
    cancel_delivery(request.member, delivery, seen=seen_in(request))
    return _("It is left as it is and is not sent.")


@button
def delete(request: MemberRequest, delivery: Delivery) -> str:
    delete_delivery(request.member, delivery)
    return Begun(_("It is being deleted."))
