"""What a pause has kept beyond its time."""

from collections.abc import Iterable
from datetime import datetime

from networks.models import Outgoing, Priority
from organizations.tenancy import TenantQuerySet


def backlog_rows(profile_ids: Iterable[int], now: datetime) -> TenantQuerySet[Outgoing]:
    """Posts whose time has come and that would leave now. Index outgoing_lane.

    Replies are not among them: they leave by themselves as soon as they may.
    """
    rows = Outgoing.objects.filter(profile__in=list(profile_ids), state="waiting", held="", planned_at__lte=now)
    return rows.filter(priority__gt=Priority.REPLY)  # type: ignore[return-value]  # of the tenant's manager
