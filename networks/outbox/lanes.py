"""Which profiles may send at this moment.

A lane is a profile: of its rows one is under way at a time, and they leave in order. So nothing overtakes on one
profile, and nothing that is wrong with one profile holds up another.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from networks.models import Outgoing, Priority, Profile


def open_lanes(profiles: QuerySet[Profile], now: datetime) -> QuerySet[Profile]:
    """Those of `profiles` that are connected, neither held nor paused, and not sending already."""
    # unscoped: correlated with profiles that the caller has scoped; index outgoing_profile_busy
    sending = Outgoing.unscoped.filter(profile=OuterRef("pk"), state="sending")
    free = Q(held_until=None) | Q(held_until__lte=now)
    return profiles.filter(free, ~Exists(sending), state="connected").exclude(pause="all")


def heads(now: datetime) -> QuerySet[Any, int]:
    """The id of the row that each open lane of the organization in scope would send next."""
    posts = Coalesce(head(Priority.POST, now), head(Priority.BULK, now))
    first = Coalesce(head(Priority.REPLY, now), Case(When(pause="", then=posts)))
    lanes = open_lanes(Profile.objects.all(), now).annotate(head=first)
    return lanes.exclude(head=None).values_list("head", flat=True)


def may_leave(now: datetime) -> Q:
    """The same said of rows, for those that were chosen a moment ago and are now locked."""
    profile = Q(profile__held_until=None) | Q(profile__held_until__lte=now)
    paused = Q(profile__pause="") | Q(profile__pause="posts", priority=Priority.REPLY)
    return Q(profile, paused, state="waiting", held="", due_at__lte=now, profile__state="connected")


def head(priority: Priority, now: datetime) -> Subquery:
    """The index outgoing_lane gives it at once: what is planned for later is behind, what is done is not in it."""
    # unscoped: correlated with the lane's profile
    waiting = Outgoing.unscoped.filter(profile=OuterRef("pk"), state="waiting", held="", priority=priority)
    due = waiting.filter(planned_at__lte=now, due_at__lte=now)
    return Subquery(due.order_by("planned_at", "pk").values("pk")[:1])
