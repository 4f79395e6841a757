"""The activity of the whole organization."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.auditing.subject_names import Subject, find_subjects, subject_reference
from organizations.gates import MemberRequest, member_gate
from organizations.models import AuditEntry
from socialops.overview.activity_feed import actors_by_id, existing_targets, fetch_activity
from socialops.overview.activity_words import entry_url, format_entry


@member_gate
@require_safe
def show_activity(request: MemberRequest) -> HttpResponse:
    found = fetch_activity(request.member, before=request.GET.get("before", ""))
    slug = request.member.organization.slug
    existing = existing_targets(found.entries)
    references = {one.pk: subject_reference(one.target_kind, one.target_id) for one in found.entries}
    known = find_subjects(request.member, filter(None, references.values()))
    people = actors_by_id(found.entries)
    rows: list[dict[str, Any]] = []
    for one in found.entries:
        url = entry_url(one, slug) if (one.target_kind, one.target_id) in existing else ""
        reference = references[one.pk]
        about = known.get(reference) if reference else None
        line = {
            "text": format_entry(one),
            "url": url or (about.url if about else ""),
            "which": subject_label(one, about),
        }
        if rows and line.items() <= rows[-1].items():
            rows[-1]["times"] += 1  # the same again and again is one line
        else:
            rows.append({"entry": one, "actor": people.get(one.actor_id or 0), "times": 1, **line})
    return render(request, "activity.html", {"rows": rows, "older": found.older})


def subject_label(entry: AuditEntry, about: Subject | None) -> str:
    """The thing's own words, where the sentence does not name it; of a draft that is deleted what was kept of it."""
    if about is not None:
        return about.label
    kept = entry.change.get("text") if entry.verb == "post.deleted" else None
    return str(kept[0]) if isinstance(kept, list) and kept and kept[0] else ""
