"""The activity of the whole organization."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.auditing.subject_names import About, abouts, reference_of
from organizations.gates import MemberRequest, member_gate
from organizations.models import AuditEntry
from socialops.overview.activity import actors, feed, living
from socialops.overview.activity_words import page_of, sentence


@member_gate
@require_safe
def activity(request: MemberRequest) -> HttpResponse:
    found = feed(request.member, before=request.GET.get("before", ""))
    slug = request.member.organization.slug
    there = living(found.entries)
    references = {one.pk: reference_of(one.target_kind, one.target_id) for one in found.entries}
    known = abouts(request.member, filter(None, references.values()))
    people = actors(found.entries)
    rows: list[dict[str, Any]] = []
    for one in found.entries:
        url = page_of(one, slug) if (one.target_kind, one.target_id) in there else ""
        reference = references[one.pk]
        about = known.get(reference) if reference else None
        said = {"text": sentence(one), "url": url or (about.url if about else ""), "which": which(one, about)}
        if rows and said.items() <= rows[-1].items():
            rows[-1]["times"] += 1  # the same again and again is one line
        else:
            rows.append({"entry": one, "actor": people.get(one.actor_id or 0), "times": 1, **said})
    return render(request, "activity.html", {"rows": rows, "older": found.older})


def which(entry: AuditEntry, about: About | None) -> str:
    """The thing's own words, where the sentence does not name it; of a draft that is deleted what was kept of it."""
    if about is not None:
        return about.label
    kept = entry.change.get("text") if entry.verb == "post.deleted" else None
    return str(kept[0]) if isinstance(kept, list) and kept and kept[0] else ""
