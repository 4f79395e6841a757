"""What an organization asks of everybody who enters."""

from django.db import transaction

from foundation.errors import Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes.realtime import ping
from organizations.access import require_admin, require_rank
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member, Organization
from organizations.sign_in.admission import has_mfa
from organizations.sign_in.session_bounds import LEAST_SESSION_DAYS, MOST_IDLE_DAYS, MOST_SESSION_DAYS


@transaction.atomic
def require_mfa(actor: Actor, organization: Organization, *, required: bool, seen: Seen = None) -> None:
    """From now on nobody enters without a second step (or they may again). Raises Invalid (require_mfa)."""
    require_admin(actor)
    if required and isinstance(actor, Member) and not has_mfa(actor.user):
        raise Invalid({"require_mfa": ["Set up two-step sign-in for yourself first; you would be locked out."]})
    refuse_overtaken(Organization.objects.select_for_update().get(pk=organization.pk).mfa_mark, seen)
    changed = Organization.objects.filter(pk=organization.pk, require_mfa=not required).update(require_mfa=required)
    organization.require_mfa = required
    if changed:
        audit.record(actor, "organization.mfa_required", organization, {"require_mfa": [not required, required]})
        ping(organization.pk, "rights", "")


@transaction.atomic
def set_session_bounds(
    actor: Actor, organization: Organization, *, idle_days: int, days: int, seen: Seen = None
) -> None:
    """Sign people out after so many days without a page, and after so many in all.

    Raises Invalid, PermissionDenied, Overtaken.
    """
    require_admin(actor)
    wrong = {}
    if not LEAST_SESSION_DAYS <= idle_days <= MOST_IDLE_DAYS:
        wrong["idle_days"] = [f"Choose {LEAST_SESSION_DAYS} to {MOST_IDLE_DAYS} days."]
    if not LEAST_SESSION_DAYS <= days <= MOST_SESSION_DAYS:
        wrong["days"] = [f"Choose {LEAST_SESSION_DAYS} to {MOST_SESSION_DAYS} days."]
    if wrong:
        raise Invalid(wrong)
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    refuse_overtaken(row.bounds_mark, seen)
    new_values = {"session_idle_days": idle_days, "session_days": days}
    change = audit.changed_fields({name: getattr(row, name) for name in new_values}, new_values)
    if change:
        Organization.objects.filter(pk=row.pk).update(**new_values)
        organization.session_idle_days, organization.session_days = idle_days, days
        audit.record(actor, "organization.sessions_bounded", organization, change)
        ping(organization.pk, "rights", "")


@transaction.atomic
def readmit_member(actor: Actor, member: Member) -> None:
    """Somebody knows that it was the person who took the second step away by mail. Raises PermissionDenied."""
    require_rank(actor, member.role)
    if Member.objects.filter(pk=member.pk).exclude(second_step_lost_at=None).update(second_step_lost_at=None):
        member.second_step_lost_at = None
        audit.record(actor, "member.let_in_again", member)
        ping(member.organization_id, "rights", "")
