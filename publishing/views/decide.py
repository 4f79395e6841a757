"""The buttons on a post. Each calls its one action and shows where the post stands then."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_post
from publishing.actions.compose import delete_post, withdraw_post
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import cancel_post, publish_now, schedule_post
from publishing.forms import MoveForm
from publishing.models import Delivery, Post
from publishing.queries.composer import spelt
from publishing.times import instant
from socialops.lib.errors import AppError, Conflict, Invalid, NotFound

Button = Callable[[MemberRequest, Post], str]


def button(work: Button) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        post = access_post(request.member, pk)
        try:
            messages.success(request, work(request, post))
        except NotFound:
            raise
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(back(request, post))

    return pressed


def back(request: MemberRequest, post: Post) -> str:
    """Where the form came from, if that is ours; else the post."""
    home = f"/o/{request.member.organization.slug}/"
    asked = request.POST.get("next", "")
    if asked.startswith(home) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return f"{home}posts/{post.pk}/" if post.pk else f"{home}posts/"


def seen_revision(request: MemberRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@button
def submit(request: MemberRequest, post: Post) -> str:
    submit_post(request.member, post)
    return _("Sent for approval.")


@button
def approve(request: MemberRequest, post: Post) -> str:
    note = request.POST.get("note", "")
    post = approve_post(request.member, post, revision=seen_revision(request), note=note)
    if post.state == "scheduled":
        return _("Approved and scheduled for %s.") % spelt(post.planned_at, request.member.time_zone)
    return _("Approved. Somebody who may publish can schedule it now.")


@button
def reject(request: MemberRequest, post: Post) -> str:
    reject_post(request.member, post, revision=seen_revision(request), note=request.POST.get("note", ""))
    return _("Sent back to its writer.")


@button
def schedule(request: MemberRequest, post: Post) -> str:
    zone = post.planned_zone or request.member.time_zone
    post = schedule_post(request.member, post, at=moment_in(request, zone), zone=zone)
    return _("Scheduled for %s.") % spelt(post.planned_at, zone)


@button
def publish(request: MemberRequest, post: Post) -> str:
    publish_now(request.member, post)
    return _("It is on its way.")


@button
def withdraw(request: MemberRequest, post: Post) -> str:
    withdraw_post(request.member, post)
    return _("It is a draft again and does not leave.")


@button
def cancel(request: MemberRequest, post: Post) -> str:
    cancel_post(request.member, post)
    left = Delivery.objects.filter(post=post, outgoing__state__in=("sent", "sending", "unknown")).count()
    if left:
        return _("Cancelled what had not left. %d had left already.") % left
    return _("Cancelled. Nothing of it leaves.")


@button
def delete(request: MemberRequest, post: Post) -> str:
    delete_post(request.member, post)
    post.pk = None
    return _("The draft is deleted.")


def moment_in(request: MemberRequest, zone: str) -> Any:
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid({"scheduled_at": [_("Choose a day and a time.")]})
    try:
        return instant(form.cleaned_data["day"], form.cleaned_data["clock"], ZoneInfo(zone))
    except OverflowError:
        raise Conflict(_("Choose a day in the next two years.")) from None
