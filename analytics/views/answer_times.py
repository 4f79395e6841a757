"""How fast people answer, for their leaders and themselves."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from analytics.access import answer_time_people, answer_time_teams
from analytics.derive import day_of
from analytics.queries.answer_times import list_answer_times
from analytics.report_filters import PERIOD_PRESETS, parse_report_filters
from analytics.views import figure_faces
from organizations.gates import MemberRequest, member_gate


@member_gate
@require_safe
def show_answer_times(request: MemberRequest) -> HttpResponse:
    zone = ZoneInfo(request.member.organization.time_zone)
    filters = parse_report_filters(request.GET, day_of(now(), zone))
    people, profiles = answer_time_people(request.member, team=filters.team)
    rows = list_answer_times(list(people), list(profiles.values_list("pk", flat=True)), filters.period, zone=zone)
    context = {
        "filters": filters,
        "presets": PERIOD_PRESETS,
        "period": figure_faces.format_period(filters.period),
        "zone": zone,
        "teams": answer_time_teams(request.member),
        "rows": rows,
    }
    return render(request, "analytics/answers.html", context)
