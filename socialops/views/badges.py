"""How much waits for whoever looks: the badges of the navigation, asked for after the page and whenever it changes."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from socialops.overview.my_work import count_waiting


@member_gate
@require_safe
def show_badges(request: MemberRequest) -> HttpResponse:
    return render(request, "_shell_badges.html", {"counts": count_waiting(request.member).items()})
