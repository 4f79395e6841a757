"""Since when a profile's connection stands."""

from datetime import datetime

from networks.models import Profile
from organizations.models import AuditEntry

CONNECTED_VERBS = ("profile.connected", "profile.reconnected")


def connected_at(profile: Profile) -> datetime:
    """When a person connected it last; the audit log alone knows. Index audit_target."""
    of_it = AuditEntry.objects.filter(target_kind="profile", target_id=str(profile.pk), verb__in=CONNECTED_VERBS)
    return of_it.order_by("-at", "-pk").values_list("at", flat=True).first() or profile.created_at
