"""The audit log, newest first, page by page."""

from dataclasses import dataclass

from django.db.models import Q

from organizations.models import AuditEntry

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[AuditEntry]
    older: int | None
    newer: int | None


def audit_page(*, actor: str = "", text: str = "", before: str = "", after: str = "") -> Page:
    """Entries before (or after) an id, by whom and with which words; index audit_newest."""
    rows = AuditEntry.objects.all()
    if actor:
        rows = rows.filter(actor_name__icontains=actor)
    if text:
        rows = rows.filter(Q(verb__icontains=text) | Q(target_name__icontains=text) | Q(target_kind__icontains=text))
    if is_id(after):
        found = list(rows.filter(pk__gt=int(after)).order_by("pk")[: PAGE + 1])
        shown = found[:PAGE][::-1]
        return Page(shown, shown[-1].pk if shown else None, shown[0].pk if len(found) > PAGE else None)
    if is_id(before):
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    newer = shown[0].pk if shown and is_id(before) else None
    return Page(shown, shown[-1].pk if len(found) > PAGE else None, newer)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
