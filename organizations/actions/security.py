"""What an organization asks of everybody who enters."""

from django.db import transaction

from organizations import audit
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.entry import has_mfa
from organizations.models import Member, Organization
from socialops.lib.errors import Invalid
from socialops.lib.realtime import ping


@transaction.atomic
def require_mfa(actor: Actor, organization: Organization, *, required: bool) -> None:
    """From now on nobody enters without a second step (or they may again). Raises Invalid (require_mfa)."""
    require_admin(actor)
    if required and isinstance(actor, Member) and not has_mfa(actor.user):
        raise Invalid({"require_mfa": ["Set up two-step sign-in for yourself first; you would be locked out."]})
    changed = Organization.objects.filter(pk=organization.pk, require_mfa=not required).update(require_mfa=required)
    organization.require_mfa = required
    if changed:
        audit.record(actor, "organization.mfa_required", organization, {"require_mfa": [not required, required]})
        ping(organization.pk, "rights", "")
