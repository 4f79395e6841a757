"""How fast people answer, for their leaders and themselves."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from analytics.access import timed_people, timed_teams
from analytics.derive import day_of
from analytics.filters import PRESETS, read_filters
from analytics.queries.answers import answers_of
from analytics.views import faces
from organizations.gates import MemberRequest, member_gate


@member_gate
@require_safe
def answers(request: MemberRequest) -> HttpResponse:
    zone = ZoneInfo(request.member.organization.time_zone)
    filters = read_filters(request.GET, day_of(now(), zone))
    people, profiles = timed_people(request.member, team=filters.team)
    rows = answers_of(list(people), list(profiles.values_list("pk", flat=True)), filters.period, zone=zone)
    context = {
        "filters": filters,
        "presets": PRESETS,
        "period": faces.spelt(filters.period),
        "zone": zone,
        "teams": timed_teams(request.member),
        "rows": rows,
    }
    return render(request, "analytics/answers.html", context)
