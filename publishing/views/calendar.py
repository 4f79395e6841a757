"""The calendar page, and moving an entry to another day."""

import json
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import AppError, Conflict, Invalid
from foundation.overtaking import Overtaken, format_seen_mark
from foundation.texts.dates import format_planned_time
from organizations.auditing.overtaken_changes import entries_since, posted_mark
from organizations.gates import MemberRequest, member_gate
from organizations.undo import add_undo_toast
from publishing.access import access_post
from publishing.actions.schedule import move_post
from publishing.forms import DayForm, ListFilter
from publishing.planning.planned_times import same_clock_on_day
from publishing.queries.calendar import build_month
from publishing.queries.posts import STATE_FILTERS, visible_profiles

MOST_FILTER_PROFILES = 200  # in the filter


@member_gate
@require_safe
def show_calendar(request: MemberRequest) -> HttpResponse:
    """A month with each day's weight and first entries, and one day in full beside it."""
    return render_calendar(request)


@member_gate
@require_POST
def move_post_to_day(request: MemberRequest, pk: int) -> HttpResponse:
    """Another day, the same time on the clock. Answers with the calendar as it stands then, moved or not."""
    post = access_post(request.member, pk)
    before = post.planned_at
    try:
        at, wall = target_time(request, post)
        post = move_post(request.member, post, at=at, zone=post.planned_zone, wall=wall, seen=posted_mark(request))
    except Overtaken:
        return render_calendar(request, toast={"kind": "error", "text": overtaken_message(request, pk)}, status=409)
    except AppError as error:
        return render_calendar(request, toast={"kind": "error", "text": error.user_message})
    assert before is not None  # or there was no time to move
    assert post.planned_at is not None  # as just chosen
    zone = request.member.time_zone
    text = f"{_('Moved to %s.') % format_planned_time(post.planned_at, zone)} {post.oddity}".strip()
    moved_back = {"day": f"{before.astimezone(ZoneInfo(zone)):%Y-%m-%d}", "seen": format_seen_mark(post.mark, now())}
    response = render_calendar(request)
    add_undo_toast(response, text, request.get_full_path(), moved_back, target="#calendar")
    return response


def target_time(request: MemberRequest, post: Any) -> tuple[datetime, datetime]:
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Invalid({"day": [_("Choose a day.")]})
    if post.planned_at is None:
        raise Conflict(_("It has no planned time any more."))
    seen_in = ZoneInfo(request.member.time_zone)
    return same_clock_on_day(
        post.planned_at, post.planned_wall, post.planned_zone, to=form.cleaned_data["day"], seen_in=seen_in
    )


def overtaken_message(request: MemberRequest, pk: int) -> str:
    """Who was there first, and where it stands now."""
    post = access_post(request.member, pk)
    who = [entry.actor_name for entry in entries_since(posted_mark(request), post)]
    zone = request.member.time_zone
    words = {
        "who": who[0] if who else _("Somebody else"),
        "at": format_planned_time(post.planned_at, zone) if post.planned_at else "–",
    }
    return (
        _("%(who)s has changed it meanwhile; it is planned for %(at)s. Nothing was moved: look, then move it again.")
        % words
    )


def render_calendar(request: MemberRequest, *, toast: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    member, wanted = request.member, ListFilter(request.GET).wanted
    filters = {name: wanted[name] for name in ("state", "profile") if name in wanted}
    moment = now()
    today = moment.astimezone(ZoneInfo(member.time_zone)).date()
    day = parse_calendar_day(request.GET.get("day", ""))
    first = parse_calendar_day(f"{request.GET.get('month', '')}-01") or (day or today).replace(day=1)
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    context = {
        "month": build_month(member, first, now=moment, day=day, **filters),
        "day": day,
        "zone": member.time_zone,
        "drawn_at": moment,
        "filters": filters,
        "states": STATE_FILTERS,
        "pictures": (*STATE_FILTERS, "sending"),
        "address": request.GET.urlencode(),
        "profiles": [] if partial else visible_profiles(member)[:MOST_FILTER_PROFILES],
    }
    template = "publishing/_calendar.html" if partial else "publishing/calendar.html"
    response = render(request, template, context, status=status)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def parse_calendar_day(text: str) -> date | None:
    """A day between 2000 and 2199, where clocks can be reckoned with; anything else is no day."""
    if not re.fullmatch(r"2[01]\d\d-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
