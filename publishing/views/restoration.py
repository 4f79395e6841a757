"""After an older state of the installation came back: what may have left since, and what becomes of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from publishing.queries.restoration_report import build_restoration_report
from publishing.views.posts import is_partial_request


@member_gate
@require_safe
def show_restoration(request: MemberRequest) -> HttpResponse:
    """What waits for the reader, what is being looked for, and how the rest ended."""
    template = "publishing/_restored.html" if is_partial_request(request) else "publishing/restored.html"
    found = build_restoration_report(request.member, now())
    return render(request, template, {"found": found, "zone": request.member.time_zone})
