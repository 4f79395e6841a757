"""The buttons on a post. Each calls its one action and shows where the post stands then."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core import signing
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import AppError, Conflict, Invalid, NotFound
from foundation.overtaking import Overtaken, spelt_seen
from foundation.texts.dates import spelt_planned
from foundation.texts.numbers import spelt_number
from organizations.auditing.overtaken_changes import Overtaking, seen_in, since
from organizations.gates import MemberRequest, member_gate
from organizations.undo import undoable, way_back
from publishing.access import access_post
from publishing.actions.compose import withdraw_post
from publishing.actions.discarding import bring_back_post, delete_post
from publishing.actions.review import approve_post, reject_post, submit_post, take_back_approval
from publishing.actions.schedule import cancel_post, publish_now, schedule_post
from publishing.forms import MoveForm
from publishing.models import Delivery, Post
from publishing.planning.planned_times import as_shown, instant
from publishing.views.posts import post_context
from publishing.views.saying import leaving, say

DELETED = "a deleted draft"
KEPT_FOR = 60  # seconds; its button stands for ten
MOST_KEPT = 500_000  # letters that a page carries for its button

Button = Callable[[MemberRequest, Post], str]


def button(work: Button) -> Callable[..., HttpResponse]:
    """A POST that does `work` and says its sentence; a refusal is said too, where the person stood."""

    @member_gate
    @require_POST
    @wraps(work)
    def pressed(request: MemberRequest, pk: int) -> HttpResponse:
        post = access_post(request.member, pk)
        try:
            say(request, work(request, post))
        except NotFound:
            raise
        except Overtaken:
            return overtaken_page(request, post)
        except AppError as error:
            messages.error(request, error.user_message)
        return redirect(back(request, post))

    return pressed


def overtaken_page(request: MemberRequest, post: Post, *others: Model) -> HttpResponse:
    """The post as it stands now, who changed it meanwhile, and what was typed where it was typed."""
    told = Overtaking(since(seen_in(request), post, *others))
    context = post_context(request, post.pk) | {"overtaking": told, "typed": request.POST}
    return render(request, "publishing/post.html", context, status=409)


def back(request: MemberRequest, post: Post) -> str:
    """Where the form came from, if that is ours; else the post."""
    home = f"/o/{request.member.organization.slug}/"
    return way_back(request, home, f"{home}posts/{post.pk}/" if post.pk else f"{home}posts/")


def address(request: MemberRequest, name: str, post: Post) -> str:
    return reverse(f"publishing:{name}", args=[request.member.organization.slug, post.pk])


def seen_revision(request: MemberRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@button
def submit(request: MemberRequest, post: Post) -> str:
    submit_post(request.member, post, seen=seen_in(request))
    return _("Sent for approval.")


@button
def approve(request: MemberRequest, post: Post) -> str:
    note = request.POST.get("note", "")
    number, seen = seen_revision(request), seen_in(request)
    post = approve_post(request.member, post, revision=number, note=note, seen=seen)
    told = _("Approved. Somebody who may publish can schedule it now.")
    if post.state == "scheduled":
        told = _("Approved and scheduled for %s.") % spelt_planned(post.planned_at, request.member.time_zone)
    return undoable(told, address(request, "unapprove", post), {"seen": spelt_seen(post.mark, now())})


@button
def unapprove(request: MemberRequest, post: Post) -> str:
    take_back_approval(request.member, post, seen=seen_in(request))
    return _("Your approval is taken back. It waits for a decision again, and nothing of it leaves.")


@button
def reject(request: MemberRequest, post: Post) -> str:
    number, note = seen_revision(request), request.POST.get("note", "")
    reject_post(request.member, post, revision=number, note=note, seen=seen_in(request))
    return _("Sent back to its writer.")


@button
def schedule(request: MemberRequest, post: Post) -> str:
    zone = post.planned_zone or request.member.time_zone
    at, wall = moment_in(request, post, zone)
    before = post.planned_at if post.state == "scheduled" else None
    post = schedule_post(request.member, post, at=at, zone=zone, wall=wall, seen=seen_in(request))
    told = f"{_('Scheduled for %s.') % spelt_planned(post.planned_at, zone)} {post.oddity}".strip()
    if before is None:
        return told
    there = before.astimezone(ZoneInfo(zone))
    values = {"day": f"{there:%Y-%m-%d}", "clock": f"{there:%H:%M}", "seen": spelt_seen(post.mark, now())}
    return undoable(told, address(request, "schedule", post), values)


@button
def publish(request: MemberRequest, post: Post) -> str:
    publish_now(request.member, post, seen=seen_in(request))
    return leaving()


@button
def withdraw(request: MemberRequest, post: Post) -> str:
    withdraw_post(request.member, post, seen=seen_in(request))
    return _("It is a draft again and does not leave.")


@button
def cancel(request: MemberRequest, post: Post) -> str:
    cancel_post(request.member, post, seen=seen_in(request))
    left = Delivery.objects.filter(post=post, outgoing__state__in=("sent", "sending", "unknown")).count()
    if left:
        return _("Cancelled what had not left. %s had left already.") % spelt_number(left)
    return _("Cancelled. Nothing of it leaves.")


@button
def delete(request: MemberRequest, post: Post) -> str:
    kept = delete_post(request.member, post, seen=seen_in(request))
    post.pk = None
    told, url = _("The draft is deleted."), reverse("publishing:bring_back", args=[request.member.organization.slug])
    signed = signing.dumps([request.member.pk, kept], salt=DELETED, compress=True)
    return undoable(told, url, {"draft": signed}) if len(signed) < MOST_KEPT else told


@member_gate
@require_POST
def bring_back(request: MemberRequest) -> HttpResponse:
    """A draft that the same person has just deleted, as the page that said so has kept it."""
    home = f"/o/{request.member.organization.slug}/posts/"
    try:
        whose, kept = signing.loads(request.POST.get("draft", ""), salt=DELETED, max_age=KEPT_FOR)
        if whose != request.member.pk:
            raise signing.BadSignature
        post = bring_back_post(request.member, kept)
    except signing.BadSignature:
        messages.error(request, _("It is too late to bring the draft back."))
        return redirect(home)
    except AppError as error:
        messages.error(request, error.user_message)
        return redirect(home)
    messages.success(request, _("The draft is back as it was."))
    return redirect(f"{home}{post.pk}/")


def moment_in(request: MemberRequest, post: Post, zone: str) -> tuple[datetime, datetime | None]:
    """The instant, and the wall time that is meant by it where another one was typed than the page showed."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid({"scheduled_at": [_("Choose a day and a time.")]})
    try:
        day, clock, there = form.cleaned_data["day"], form.cleaned_data["clock"], ZoneInfo(zone)
        if kept := as_shown(post.planned_at, day, clock, there):
            return kept, None
        return instant(day, clock, there), datetime.combine(day, clock, tzinfo=UTC)
    except OverflowError:
        raise Conflict(_("Choose a day in the next two years.")) from None
