"""What keeps a whole network from taking anything, for whoever runs the installation: every organization together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Min, QuerySet

from networks.models import Circuit, Limit, Outgoing, Priority, Profile
from networks.models.circuit import Reach
from networks.queries.queue import IS_REPLY, OVERDUE_AFTER
from networks.readiness import HOLDS, is_held_by


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A circuit that is open, or a limit of our app; how many should have left but for it, and when the first."""

    by: Circuit | Limit
    late: int
    first: datetime | None

    @property
    def network(self) -> str:
        return f"{self.by.network}{' (practice)' if self.by.sandbox else ''}"


def list_hindrances(now: datetime) -> Iterator[Hindrance]:
    for circuit in Circuit.objects.exclude(opened_at=None).order_by("network", "sandbox", "pk"):
        yield build_hindrance(circuit, rows_held_up_by(circuit, now))
    for limit in Limit.objects.filter(profile=None, until__gt=now).order_by("network", "sandbox", "pk"):
        rows = rows_held_up_by(limit, now)
        yield build_hindrance(limit, rows.none() if limit.of == Limit.Of.READS else exclude_replies(rows, limit))


def build_hindrance(by: Circuit | Limit, rows: QuerySet[Outgoing, Any]) -> Hindrance:
    found = rows.aggregate(count=Count("pk"), first=Min("planned_at"))
    return Hindrance(by, found["count"], found["first"])


def exclude_replies(rows: QuerySet[Outgoing, Any], limit: Limit) -> QuerySet[Outgoing, Any]:
    """What is left of a limit is kept for them."""
    return rows.exclude(IS_REPLY) if limit.of == Limit.Of.POSTS else rows


def rows_held_up_by(reach: Reach, now: datetime) -> QuerySet[Outgoing, Any]:
    """What should have left a minute ago and only its network can hold. Index outgoing_lane."""
    # unscoped, here and below: a network that takes nothing holds up every organization
    profiles = Profile.unscoped.filter(network=reach.network, sandbox=reach.sandbox)
    if reach.organization_id:
        profiles = profiles.filter(organization=reach.organization_id)
    late = Outgoing.unscoped.filter(
        state="waiting", held="", priority__in=Priority.values, planned_at__lt=now - OVERDUE_AFTER
    )
    lasting = (hold.word for hold in HOLDS.values() if not hold.passes)
    kept = reduce(or_, (is_held_by(word, "profile__", row="", now=now) for word in lasting))
    return late.filter(profile__in=profiles.values("pk")).exclude(kept)
