"""The organization chart."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from teams.queries.chart import chart_of


@member_gate
@require_safe
def show_chart(request: MemberRequest) -> HttpResponse:
    return render(request, "teams/chart.html", {"chart": chart_of(request.member)})
