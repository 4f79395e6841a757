"""The page of numbers."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from analytics import sheets
from analytics.access import analysed_profiles
from analytics.definitions import METRICS
from analytics.derive import day_of
from analytics.filters import MOST_ROWS, PRESETS, Filters, read_filters
from analytics.queries.overview import overview
from analytics.queries.posts import every_post, measured_posts
from analytics.views import faces
from foundation.errors import Invalid
from networks.models import Profile
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member
from teams.access import profiles_for
from teams.models import Team


@member_gate
@require_safe
def report(request: MemberRequest) -> HttpResponse:
    """Period, tiles, one chart and the posts behind them; htmx gets the report without the shell."""
    zone = ZoneInfo(request.member.organization.time_zone)
    filters = read_filters(request.GET, day_of(now(), zone))
    profiles = analysed_profiles(request.member, profiles=filters.profiles, team=filters.team)
    context = {"filters": filters, "zone": zone, "presets": PRESETS, **choices(request.member)}
    if profiles:
        context |= numbers(profiles, filters, zone)
    template = "analytics/_report.html" if request.htmx and not request.htmx.boosted else "analytics/overview.html"
    return render(request, template, context)


@member_gate
@require_safe
def download(request: MemberRequest) -> StreamingHttpResponse:
    """What the page shows for the same filters, as a file: `what` is days or posts. The page's own judgement holds."""
    member = request.member
    zone = ZoneInfo(member.organization.time_zone)
    filters = read_filters(request.GET, day_of(now(), zone))
    if filters.errors:
        raise Invalid(filters.errors)
    profiles = analysed_profiles(member, profiles=filters.profiles, team=filters.team)
    if request.GET.get("what") == "posts":
        rows = measured_posts(profiles, filters.period, zone=zone, order=filters.order)
        kind, lines = "posts", sheets.posts(every_post(member.organization_id, rows))
    else:
        kind, lines = "days", sheets.days(overview(profiles, filters.period, zone=zone))
    name = f"{member.organization.slug}-{kind}-{filters.period.first}-{filters.period.last}.csv"
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def choices(member: Member) -> dict[str, Any]:
    return {
        "all_profiles": profiles_for(member, to="analyse").order_by("name", "pk"),
        "teams": Team.objects.order_by("name"),
        "metrics": METRICS,
    }


def numbers(profiles: list[Profile], filters: Filters, zone: ZoneInfo) -> dict[str, Any]:
    figures = overview(profiles, filters.period, zone=zone)
    figure = faces.chosen(figures, filters.metric)
    posts = measured_posts(profiles, filters.period, zone=zone, order=filters.order)
    found = faces.rows(posts[: filters.rows + 1])
    return {
        "tiles": [faces.tile(one, filters.period, len(profiles)) | {"open": one is figure} for one in figures],
        "comparison": faces.comparison(figures, filters.period),
        "figure": figure,
        "chart": faces.chart(figure, filters.period),
        "period": faces.spelt(filters.period),
        "columns": faces.columns(filters),
        "rows": found[: filters.rows],
        "more": MOST_ROWS if len(found) > filters.rows < MOST_ROWS else None,
    }
