"""The buttons on a post. Each calls its one action and shows where the post stands then."""

from datetime import UTC, datetime
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

from foundation.errors import AppError, Conflict, Invalid
from foundation.overtaking import format_seen_mark
from foundation.texts.dates import format_planned_time
from foundation.texts.ids import parse_number
from foundation.texts.number_format import format_number
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.gates import MemberRequest, member_gate
from organizations.undo import safe_return_url, undo_message
from organizations.views.page_buttons import page_button
from publishing.access import access_post
from publishing.actions.compose import withdraw_post
from publishing.actions.draft_deletion import delete_post, undelete_post
from publishing.actions.review import approve_post, reject_post, submit_post, unapprove_post
from publishing.actions.schedule import cancel_post, publish_now, schedule_post
from publishing.forms import MoveForm
from publishing.models import Delivery, Post
from publishing.planning.planned_times import instant_of_clock, unchanged_time
from publishing.views.button_messages import leaving_message, show_message
from publishing.views.posts import post_context

UNDELETE_SALT = "a deleted draft"
UNDELETE_SECONDS = 60  # seconds; its button stands for ten
MOST_SIGNED_LETTERS = 500_000  # letters that a page carries for its button


def render_overtaken_post(request: MemberRequest, post: Post, *others: Model) -> HttpResponse:
    """The post as it stands now, who changed it meanwhile, and what was typed where it was typed."""
    outcome = Overtaking(entries_since(posted_mark(request), post, *others))
    context = post_context(request, post.pk) | {"overtaking": outcome, "typed": request.POST}
    return render(request, "publishing/post.html", context, status=409)


def return_url(request: MemberRequest, post: Post) -> str:
    """Where the form came from, if that is ours; else the post."""
    home = f"/o/{request.member.organization.slug}/"
    return safe_return_url(request, home, f"{home}posts/{post.pk}/" if post.pk else f"{home}posts/")


post_button = page_button(access_post, overtaken=render_overtaken_post, leads_to=return_url, announce=show_message)


def post_action_url(request: MemberRequest, name: str, post: Post) -> str:
    return reverse(f"publishing:{name}", args=[request.member.organization.slug, post.pk])


def seen_revision_number(request: MemberRequest) -> int | None:
    return parse_number(request.POST.get("revision"), digits=9)


@post_button
def submit_for_approval(request: MemberRequest, post: Post) -> str:
    submit_post(request.member, post, seen=posted_mark(request))
    return _("Sent for approval.")


@post_button
def approve_revision(request: MemberRequest, post: Post) -> str:
    note = request.POST.get("note", "")
    number, seen = seen_revision_number(request), posted_mark(request)
    post = approve_post(request.member, post, revision=number, note=note, seen=seen)
    outcome = _("Approved. Somebody who may publish can schedule it now.")
    if post.state == "scheduled" and post.planned_at is not None:
        outcome = _("Approved and scheduled for %s.") % format_planned_time(post.planned_at, request.member.time_zone)
    return undo_message(
        outcome, post_action_url(request, "unapprove", post), {"seen": format_seen_mark(post.mark, now())}
    )


@post_button
def take_back_own_approval(request: MemberRequest, post: Post) -> str:
    unapprove_post(request.member, post, seen=posted_mark(request))
    return _("Your approval is taken back. It waits for a decision again, and nothing of it leaves.")


@post_button
def send_back_to_writer(request: MemberRequest, post: Post) -> str:
    number, note = seen_revision_number(request), request.POST.get("note", "")
    reject_post(request.member, post, revision=number, note=note, seen=posted_mark(request))
    return _("Sent back to its writer.")


@post_button
def schedule_at_time(request: MemberRequest, post: Post) -> str:
    zone = post.planned_zone or request.member.time_zone
    at, wall = parse_planned_time(request, post, zone)
    before = post.planned_at if post.state == "scheduled" else None
    post = schedule_post(request.member, post, at=at, zone=zone, wall=wall, seen=posted_mark(request))
    assert post.planned_at is not None  # since just now
    outcome = f"{_('Scheduled for %s.') % format_planned_time(post.planned_at, zone)} {post.oddity}".strip()
    if before is None:
        return outcome
    there = before.astimezone(ZoneInfo(zone))
    values = {"day": f"{there:%Y-%m-%d}", "clock": f"{there:%H:%M}", "seen": format_seen_mark(post.mark, now())}
    return undo_message(outcome, post_action_url(request, "schedule", post), values)


@post_button
def publish_at_once(request: MemberRequest, post: Post) -> str:
    publish_now(request.member, post, seen=posted_mark(request))
    return leaving_message()


@post_button
def withdraw_to_draft(request: MemberRequest, post: Post) -> str:
    withdraw_post(request.member, post, seen=posted_mark(request))
    return _("It is a draft again and does not leave.")


@post_button
def cancel_whole_post(request: MemberRequest, post: Post) -> str:
    cancel_post(request.member, post, seen=posted_mark(request))
    left = Delivery.objects.filter(post=post, outgoing__state__in=("sent", "sending", "unknown")).count()
    if left:
        return _("Cancelled what had not left. %s had left already.") % format_number(left)
    return _("Cancelled. Nothing of it leaves.")


@post_button
def delete_draft(request: MemberRequest, post: Post) -> str:
    kept = delete_post(request.member, post, seen=posted_mark(request))
    post.pk = None
    outcome, url = _("The draft is deleted."), reverse("publishing:bring_back", args=[request.member.organization.slug])
    signed = signing.dumps([request.member.pk, kept], salt=UNDELETE_SALT, compress=True)
    return undo_message(outcome, url, {"draft": signed}) if len(signed) < MOST_SIGNED_LETTERS else outcome


@member_gate
@require_POST
def undelete_draft(request: MemberRequest) -> HttpResponse:
    """A draft that the same person has just deleted, as the page that said so has kept it."""
    home = f"/o/{request.member.organization.slug}/posts/"
    try:
        whose, kept = signing.loads(request.POST.get("draft", ""), salt=UNDELETE_SALT, max_age=UNDELETE_SECONDS)
        if whose != request.member.pk:
            raise signing.BadSignature
        post = undelete_post(request.member, kept)
    except signing.BadSignature:
        messages.error(request, _("It is too late to bring the draft back."))
        return redirect(home)
    except AppError as error:
        messages.error(request, error.user_message)
        return redirect(home)
    messages.success(request, _("The draft is back as it was."))
    return redirect(f"{home}{post.pk}/")


def parse_planned_time(request: MemberRequest, post: Post, zone: str) -> tuple[datetime, datetime | None]:
    """The instant, and the wall time that is meant by it where another one was typed than the page showed."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid({"scheduled_at": [_("Choose a day and a time.")]})
    try:
        day, clock, there = form.cleaned_data["day"], form.cleaned_data["clock"], ZoneInfo(zone)
        if kept := unchanged_time(post.planned_at, day, clock, there):
            return kept, None
        return instant_of_clock(day, clock, there), datetime.combine(day, clock, tzinfo=UTC)
    except OverflowError:
        raise Conflict(_("Choose a day in the next two years.")) from None
