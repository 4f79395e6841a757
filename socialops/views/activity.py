"""The activity of the whole organization."""

from typing import Any

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
    rows: list[dict[str, Any]] = []
    for one in found.entries:
        url = page_of(one, slug) if (one.target_kind, one.target_id) in there else ""
        said = {"text": sentence(one), "url": url}
        if rows and said.items() <= rows[-1].items():
            rows[-1]["times"] += 1  # the same again and again is one line
        else:
            rows.append({"entry": one, "times": 1, **said})
    return render(request, "activity.html", {"rows": rows, "older": found.older})
