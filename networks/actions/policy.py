"""What must happen before something leaves through a profile."""

from django.db import transaction

from foundation.processes import realtime
from networks.models import Profile
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit


@transaction.atomic
def set_needs_approval(actor: Actor, profile: Profile, needed: bool) -> None:
    """From now on posts for this profile need an approval, or no longer do. What is scheduled stays scheduled."""
    require_admin(actor)
    changed = Profile.objects.filter(pk=profile.pk).exclude(needs_approval=needed).update(needs_approval=needed)
    profile.needs_approval = needed
    if changed:
        audit.record(actor, "profile.policy_changed", profile, {"needs_approval": [not needed, needed]})
        realtime.ping(profile.organization_id, "profiles", profile.pk)
