"""Taking back a change of rights: each holder gets what they held before, unless that has changed since."""

from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import AppError, NotFound
from foundation.texts.ids import parse_ids
from networks.models import Profile
from organizations.gates import MemberRequest, member_gate
from organizations.models import AuditEntry, Member
from organizations.undo import safe_return_url, undo_message
from teams.access import access_profile
from teams.actions.grants import set_grants

MOST_CHANGES = 500  # changes that are taken back at once


def undoable_rights_message(request: MemberRequest, text: str, started_at: datetime) -> SafeString | str:
    """`text`, with the button that takes back what the reader has changed since `started_at`."""
    ids = list(
        own_rights_changes(request.member).filter(at__gte=started_at).values_list("pk", flat=True)[: MOST_CHANGES + 1]
    )
    if not ids or len(ids) > MOST_CHANGES:
        return text
    url = reverse("teams:undo_rights", args=[request.member.organization.slug])
    return undo_message(text, url, {"changes": " ".join(map(str, ids))})


@member_gate
@require_POST
def undo_rights_changes(request: MemberRequest) -> HttpResponse:
    """Judged like any other change of rights; what cannot be taken back any more is said."""
    wanted = parse_ids(request.POST.get("changes", "").split())
    changes = list(own_rights_changes(request.member).filter(pk__in=wanted[:MOST_CHANGES]).order_by("-pk"))
    refused = [reason for one in changes if (reason := undo_rights_change(request.member, one))]
    for reason in dict.fromkeys(refused):
        messages.error(request, reason)
    if len(refused) < len(changes):
        messages.success(request, _("The rights are as they were before."))
    elif not changes:
        messages.error(request, _("There is nothing to take back any more."))
    home = f"/o/{request.member.organization.slug}/"
    return redirect(safe_return_url(request, home, f"{home}teams/rights/"))


def own_rights_changes(member: Member) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.filter(verb="grant.changed", actor_kind="member", actor_id=member.pk)
    return rows.filter(target_kind=Profile._meta.model_name)


def undo_rights_change(member: Member, entry: AuditEntry) -> str:
    """Why not; empty where it was done."""
    kind = "member" if "member" in entry.change else "team"
    holder, (before, after) = entry.change["id"], entry.change["rights"]
    try:
        profile = access_profile(member, entry.target_id, to="view")
        seen = {f"{kind}-{holder}": frozenset(after)}
        set_grants(member, profile, **{f"{kind}s": {holder: before}}, seen=seen)
    except NotFound:
        return _("One of them is not here any more.")
    except AppError as error:
        return error.user_message
    return ""
