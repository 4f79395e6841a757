"""The calendar page, and moving an entry to another day."""

import json
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_post
from publishing.actions.schedule import move_post
from publishing.forms import DayForm, ListFilter
from publishing.queries.calendar import month_of
from publishing.queries.composer import spelt
from publishing.queries.posts import FILTERS, visible_profiles
from publishing.times import moved
from socialops.lib.errors import AppError, Conflict, Invalid

MOST_PROFILES = 200  # in the filter


@member_gate
@require_safe
def calendar(request: MemberRequest) -> HttpResponse:
    """A month with each day's weight and first entries, and one day in full beside it."""
    return answer(request)


@member_gate
@require_POST
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """Another day, the same time on the clock. Answers with the calendar as it stands then, moved or not."""
    post = access_post(request.member, pk)
    try:
        post = move_post(request.member, post, at=target(request, post), zone=post.planned_zone)
    except AppError as error:
        return answer(request, toast={"kind": "error", "text": error.user_message})
    zone = request.member.time_zone
    return answer(request, toast={"kind": "success", "text": _("Moved to %s.") % spelt(post.planned_at, zone)})


def target(request: MemberRequest, post: Any) -> Any:
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Invalid({"day": [_("Choose a day.")]})
    if post.planned_at is None:
        raise Conflict(_("It has no planned time any more."))
    seen_in = ZoneInfo(request.member.time_zone)
    return moved(post.planned_at, post.planned_wall, post.planned_zone, to=form.cleaned_data["day"], seen_in=seen_in)


def answer(request: MemberRequest, *, toast: dict[str, str] | None = None) -> HttpResponse:
    member, wanted = request.member, ListFilter(request.GET).wanted
    filters = {name: wanted[name] for name in ("state", "profile") if name in wanted}
    moment = now()
    today = moment.astimezone(ZoneInfo(member.time_zone)).date()
    day = wanted_day(request.GET.get("day", ""))
    first = wanted_day(f"{request.GET.get('month', '')}-01") or (day or today).replace(day=1)
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    context = {
        "month": month_of(member, first, now=moment, day=day, **filters),
        "day": day,
        "zone": member.time_zone,
        "filters": filters,
        "states": FILTERS,
        "pictures": (*FILTERS, "sending"),
        "address": request.GET.urlencode(),
        "profiles": [] if partial else visible_profiles(member)[:MOST_PROFILES],
    }
    template = "publishing/_calendar.html" if partial else "publishing/calendar.html"
    response = render(request, template, context)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def wanted_day(text: str) -> date | None:
    """A day between 2000 and 2199, where clocks can be reckoned with; anything else is no day."""
    if not re.fullmatch(r"2[01]\d\d-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
