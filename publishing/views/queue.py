"""The queue: what is due, in flight, not known, failed or held, what happens next, and how late things left."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_safe

from networks.queries.lateness import by_hour, lateness_of
from networks.queries.queue import PLACES
from networks.registry import networks
from organizations.gates import MemberRequest, member_gate
from publishing.forms import QueueFilter
from publishing.queries.pace import charts, tiles
from publishing.queries.posts import visible_profiles
from publishing.queries.queue import alarm, counts, dress, page_of, visible
from publishing.views.posts import MOST_PROFILES, is_partial

LABELS = {
    "due": later("Due"),
    "sending": later("Sending"),
    "unknown": later("Not known"),
    "failed": later("Failed"),
    "held": later("Held"),
}
EMPTY = {
    "due": later("Nothing is due within the hour. What is planned for later stands in the calendar."),
    "sending": later("Nothing is on its way at this moment."),
    "unknown": later("Of everything that was sent it is known whether it is there."),
    "failed": later("Nothing has failed that still waits for somebody."),
    "held": later("Nothing is held."),
}


@member_gate
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """One place of the outbox, the others as tabs with their counts."""
    member, moment = request.member, now()
    wanted = QueueFilter(request.GET).wanted
    place = wanted.pop("state", PLACES[0])
    after = wanted.pop("after", "")
    rows = visible(member, **wanted)
    page = page_of(rows, place, moment, after=after)
    dress(member, page.rows, moment)
    context = {
        "rows": page.rows,
        "following": page.following,
        "place": place,
        "empty": EMPTY[place],
        "alarm": alarm(rows, moment),
        "tabs": tabs(request, place, counts(rows, moment)),
        "filters": wanted,
        "beyond": bool(after),
        "zone": member.time_zone,
    }
    if is_partial(request):
        return render(request, "publishing/_queue.html", context)
    context |= {
        "profiles": visible_profiles(member)[:MOST_PROFILES],
        "networks": [(one.network, one.label) for one in networks()],
    }
    return render(request, "publishing/queue.html", context)


def tabs(request: MemberRequest, place: str, found: dict[str, int]) -> list[dict[str, Any]]:
    here = reverse("publishing:queue", args=[request.member.organization.slug])
    query = request.GET.copy()
    query.pop("after", None)
    made = []
    for one in PLACES:
        query["state"] = one
        made.append(
            {"label": LABELS[one], "url": f"{here}?{query.urlencode()}", "active": one == place, "count": found[one]}
        )
    return made


@member_gate
@require_safe
def pace(request: MemberRequest) -> HttpResponse:
    """How late things left and how many, in the last hour and day; asked for beside the list."""
    member, moment = request.member, now()
    wanted = QueueFilter(request.GET).wanted
    rows = visible(member, network=wanted.get("network", ""), profile=wanted.get("profile"))
    hours = by_hour(rows, moment, ZoneInfo(member.time_zone))
    context = {"tiles": tiles(*lateness_of(rows, moment), moment), "charts": charts(hours), "zone": member.time_zone}
    return render(request, "publishing/_queue_pace.html", context)
