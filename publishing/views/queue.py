"""The queue: what is due, in flight, not known, failed or held, what happens next, and how late things left."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_safe

from networks.queries.lateness import lateness_by_hour, recent_lateness
from networks.queries.queue import QUEUE_PLACES
from networks.registry import adapter_classes
from organizations.gates import MemberRequest, member_gate
from publishing.forms import QueueFilter
from publishing.queries.posts import visible_profiles
from publishing.queries.queue import count_by_place, list_queue_entries, overdue_alarm, page_of_queue, visible_rows
from publishing.queries.queue_pace import lateness_charts, lateness_tiles
from publishing.views.posts import MOST_FILTER_PROFILES, is_partial_request

PLACE_LABELS = {
    "due": later("Due"),
    "sending": later("Sending"),
    "unknown": later("Not known"),
    "failed": later("Failed"),
    "held": later("Held"),
}
EMPTY_MESSAGES = {
    "due": later("Nothing is due within the hour. What is planned for later stands in the calendar."),
    "sending": later("Nothing is on its way at this moment."),
    "unknown": later("Of everything that was sent it is known whether it is there."),
    "failed": later("Nothing has failed that still waits for somebody."),
    "held": later("Nothing is held."),
}


@member_gate
@require_safe
def show_queue(request: MemberRequest) -> HttpResponse:
    """One place of the outbox, the others as tabs with their counts."""
    member, moment = request.member, now()
    wanted = QueueFilter(request.GET).wanted
    place = wanted.pop("state", QUEUE_PLACES[0])
    after = wanted.pop("after", "")
    rows = visible_rows(member, **wanted)
    page = page_of_queue(rows, place, moment, after=after)
    context = {
        "entries": list_queue_entries(member, page.rows, moment),
        "following": page.following,
        "place": place,
        "empty": EMPTY_MESSAGES[place],
        "alarm": overdue_alarm(rows, moment),
        "tabs": queue_tabs(request, place, count_by_place(rows, moment)),
        "filters": wanted,
        "beyond": bool(after),
        "zone": member.time_zone,
    }
    if is_partial_request(request):
        return render(request, "publishing/_queue.html", context)
    context |= {
        "profiles": visible_profiles(member)[:MOST_FILTER_PROFILES],
        "networks": [(one.network, one.label) for one in adapter_classes()],
    }
    return render(request, "publishing/queue.html", context)


def queue_tabs(request: MemberRequest, place: str, found: dict[str, int]) -> list[dict[str, Any]]:
    here = reverse("publishing:queue", args=[request.member.organization.slug])
    query = request.GET.copy()
    query.pop("after", None)
    made = []
    for one in QUEUE_PLACES:
        query["state"] = one
        made.append(
            {
                "label": PLACE_LABELS[one],
                "url": f"{here}?{query.urlencode()}",
                "active": one == place,
                "count": found[one],
            }
        )
    return made


@member_gate
@require_safe
def show_queue_pace(request: MemberRequest) -> HttpResponse:
    """How late things left and how many, in the last hour and day; asked for beside the list."""
    member, moment = request.member, now()
    wanted = QueueFilter(request.GET).wanted
    rows = visible_rows(member, network=wanted.get("network", ""), profile=wanted.get("profile"))
    hours = lateness_by_hour(rows, moment, ZoneInfo(member.time_zone))
    context = {
        "tiles": lateness_tiles(*recent_lateness(rows, moment), moment),
        "charts": lateness_charts(hours),
        "zone": member.time_zone,
    }
    return render(request, "publishing/_queue_pace.html", context)
