"""What everybody must know, on pages that are open already."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from socialops.shell_context import list_banners as banners_of


@member_gate
@require_safe
def show_banners(request: MemberRequest) -> HttpResponse:
    context = {"organization": request.member.organization, "banners": banners_of(request.member)}
    return render(request, "_shell_banners.html", context)
