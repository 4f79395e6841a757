"""After an older state of the installation came back: what may have left since, and what becomes of it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from publishing.queries.restored import restored_for
from publishing.views.posts import is_partial


@member_gate
@require_safe
def restored(request: MemberRequest) -> HttpResponse:
    """What waits for the reader, what is being looked for, and how the rest ended."""
    template = "publishing/_restored.html" if is_partial(request) else "publishing/restored.html"
    found = restored_for(request.member, now())
    return render(request, template, {"found": found, "zone": request.member.time_zone})
