"""The first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from socialops.overview.home_summary import home_context


@member_gate
@require_safe
def show_home(request: MemberRequest) -> HttpResponse:
    """The whole page, or for htmx the part that changes."""
    template = "_home.html" if request.htmx and not request.htmx.boosted else "home.html"
    context = {"organization": request.member.organization, "member": request.member}
    return render(request, template, {**context, **home_context(request.member, now())})
