"""The activity of the whole organization."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, member_gate
from socialops.activity import feed, living
from socialops.activity_words import page_of, sentence


@member_gate
@require_safe
def activity(request: MemberRequest) -> HttpResponse:
    found = feed(request.member, before=request.GET.get("before", ""))
    slug = request.member.organization.slug
    there = living(found.entries)
    rows = [
        {
            "entry": one,
            "text": sentence(one),
            "url": page_of(one, slug) if (one.target_kind, one.target_id) in there else "",
        }
        for one in found.entries
    ]
    return render(request, "activity.html", {"rows": rows, "older": found.older})
