"""The page of numbers."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from analytics import number_sheets
from analytics.access import analysed_profiles
from analytics.definitions import METRICS
from analytics.derive import day_of
from analytics.queries.figures import list_figures
from analytics.queries.post_numbers import iterate_posts, measured_posts
from analytics.report_filters import MOST_ROWS, PERIOD_PRESETS, ReportFilters, parse_report_filters
from analytics.views import figure_faces
from foundation.errors import Invalid
from networks.models import Profile
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member
from teams.access import profiles_for
from teams.models import Team


@member_gate
@require_safe
def show_numbers(request: MemberRequest) -> HttpResponse:
    """Period, tiles, one chart and the posts behind them; htmx gets the report without the shell."""
    zone = ZoneInfo(request.member.organization.time_zone)
    filters = parse_report_filters(request.GET, day_of(now(), zone))
    profiles = analysed_profiles(request.member, profiles=filters.profiles, team=filters.team)
    context = {"filters": filters, "zone": zone, "presets": PERIOD_PRESETS, **filter_choices(request.member)}
    if profiles:
        context |= numbers_context(profiles, filters, zone)
    template = "analytics/_report.html" if request.htmx and not request.htmx.boosted else "analytics/overview.html"
    return render(request, template, context)


@member_gate
@require_safe
def download_numbers(request: MemberRequest) -> StreamingHttpResponse:
    """What the page shows for the same filters, as a file: `what` is days or posts. The page's own judgement holds."""
    member = request.member
    zone = ZoneInfo(member.organization.time_zone)
    filters = parse_report_filters(request.GET, day_of(now(), zone))
    if filters.errors:
        raise Invalid(filters.errors)
    profiles = analysed_profiles(member, profiles=filters.profiles, team=filters.team)
    if request.GET.get("what") == "posts":
        rows = measured_posts(profiles, filters.period, zone=zone, order=filters.order)
        kind, lines = "posts", number_sheets.posts_as_csv(iterate_posts(member.organization_id, rows))
    else:
        kind, lines = "days", number_sheets.days_as_csv(list_figures(profiles, filters.period, zone=zone))
    name = f"{member.organization.slug}-{kind}-{filters.period.first}-{filters.period.last}.csv"
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def filter_choices(member: Member) -> dict[str, Any]:
    return {
        "all_profiles": profiles_for(member, to="analyse").order_by("name", "pk"),
        "teams": Team.objects.order_by("name"),
        "metrics": METRICS,
    }


def numbers_context(profiles: list[Profile], filters: ReportFilters, zone: ZoneInfo) -> dict[str, Any]:
    figures = list_figures(profiles, filters.period, zone=zone)
    figure = figure_faces.find_figure(figures, filters.metric)
    posts = measured_posts(profiles, filters.period, zone=zone, order=filters.order)
    found = figure_faces.post_number_rows(posts[: filters.rows + 1])
    return {
        "tiles": [
            figure_faces.build_tile(one, filters.period, len(profiles)) | {"open": one is figure} for one in figures
        ],
        "comparison": figure_faces.comparison_note(figures, filters.period),
        "figure": figure,
        "chart": figure_faces.build_chart(figure, filters.period),
        "period": figure_faces.format_period(filters.period),
        "columns": figure_faces.metric_columns(filters),
        "rows": found[: filters.rows],
        "more": MOST_ROWS if len(found) > filters.rows < MOST_ROWS else None,
    }
