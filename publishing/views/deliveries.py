"""The buttons on one profile's copy of a post."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_delivery
from publishing.actions.deliveries import cancel_delivery, delete_delivery, resolve_delivery, retry_delivery
from publishing.models import Delivery
from publishing.views.decide import back
from socialops.lib.errors import AppError

Button = Callable[[MemberRequest, Delivery], str]


def button(work: Button) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        delivery = access_delivery(request.member, pk)
        try:
            messages.success(request, work(request, delivery))
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(back(request, delivery.post))

    return pressed


@button
def retry(request: MemberRequest, delivery: Delivery) -> str:
    retry_delivery(request.member, delivery)
    return _("It is tried again now.")


@button
def resolve(request: MemberRequest, delivery: Delivery) -> str:
    if request.POST.get("there") != "yes":
        resolve_delivery(request.member, delivery, there=False)
        return _("It is sent again now.")
    reference = request.POST.get("reference", "").strip()
    named = {"permalink": reference} if "/" in reference else {"remote_id": reference}
    resolve_delivery(request.member, delivery, there=True, **named)
    return _("Linked to the post on the network.")


@button
def cancel(request: MemberRequest, delivery: Delivery) -> str:
    cancel_delivery(request.member, delivery)
    return _("It is left as it is and is not sent.")


@button
def delete(request: MemberRequest, delivery: Delivery) -> str:
    delete_delivery(request.member, delivery)
    return _("It is being deleted.")
