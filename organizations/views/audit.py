"""Who changed what, when."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations.gates import MemberRequest, admin_gate
from organizations.models import AuditEntry
from organizations.queries.audit import audit_page


@admin_gate
@require_safe
def log(request: MemberRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").replace("\0", "")[:200] for name in ("actor", "text", "before", "after")}
    page = audit_page(**asked)
    rows = [{"entry": entry, "what": spelt(entry.verb), "changes": changes(entry)} for entry in page.entries]
    return render(request, "organizations/audit.html", {"rows": rows, "page": page, "asked": asked})


def spelt(verb: str) -> str:
    """`post.scheduled` as "Post scheduled"."""
    return verb.replace(".", " ").replace("_", " ").capitalize()


def changes(entry: AuditEntry) -> list[dict[str, Any]]:
    return [change(name, value) for name, value in entry.change.items()]


def change(name: str, value: Any) -> dict[str, Any]:
    label = name.replace("_", " ")
    if isinstance(value, list) and len(value) == 2:
        return {"label": label, "before": text_of(value[0]), "after": text_of(value[1])}
    return {"label": label, "after": text_of(value)}


def text_of(value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
