"""The organization chart."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from organizations.gates import MemberRequest, member_gate
from teams.queries.chart import chart_of


@require_GET
@member_gate
def show(request: MemberRequest) -> HttpResponse:
    return render(request, "teams/chart.html", {"chart": chart_of(request.member)})
