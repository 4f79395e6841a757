"""The outbox as people look at it: what is due, held and why, in flight, not known, failed, overdue.

What may leave is decided by `networks.outbox.lanes`; this says the same for those who read.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from networks.models import Attempt, Held, Limit, Outgoing, Priority
from networks.outbox.circuits import open_since, refusal
from networks.outbox.lanes import NOT_SENDING, POSTS_TOO, may_send
from networks.outbox.outcomes import GIVE_UP_AFTER
from networks.outbox.reach import reaching

LATE = timedelta(minutes=1)  # after this, what nothing holds should long have left
SOON = timedelta(hours=1)  # what is planned for later stands in the calendar
PLACES = ("due", "sending", "unknown", "failed", "held")
HOLDS = ("disconnected", "paused", "too_late", "chain", "down", "refused", "limit")

IS_REPLY = Q(priority=Priority.REPLY)


def with_hold(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """Adds `hold`, why a waiting row may not leave (one of HOLDS, or nothing), and until when its network limits it.

    What holds only for a while says nothing of what is planned for later.
    """
    soon = Q(planned_at__lt=now + SOON)
    paused = Q(profile__pause="all") | Q(profile__pause="posts") & ~IS_REPLY
    asked = rows.annotate(
        down_since=open_since("profile__"), refusal=refusal("profile__"), limited_until=limited_until(now)
    )
    return asked.annotate(
        hold=Case(
            When(profile__state="disconnected", then=Value("disconnected")),
            When(paused, then=Value("paused")),
            When(held__gt="", then=F("held")),
            When(soon, refusal__isnull=False, then=Value("refused")),
            When(soon, down_since__isnull=False, then=Value("down")),
            When(soon & (Q(profile__held_until__gt=now) | Q(limited_until__isnull=False)), then=Value("limit")),
            default=Value(""),
        )
    )


def limited_until(now: datetime) -> Case:
    """Until when the network takes no more of this kind, from its profile or from our app."""
    own = Q(profile=None) | Q(profile=OuterRef("profile"))
    found = reaching(Limit, "profile__").filter(own, until__gt=now).values("network")
    every = found.filter(of=Limit.Of.ALL).annotate(last=Max("until")).values("last")
    either = found.exclude(of=Limit.Of.READS).annotate(last=Max("until")).values("last")
    return Case(When(IS_REPLY, then=Subquery(every)), default=Subquery(either))


def limited(profile: str = "") -> Exists:
    """Whether the network takes no more posts from an outer query's profile, or from our app."""
    own = Q(profile=None) | Q(profile=OuterRef(f"{profile}pk"))
    return Exists(reaching(Limit, profile).filter(own, until__gt=Now()).exclude(of=Limit.Of.READS))


def queued(rows: QuerySet[Outgoing, Any], now: datetime, *, ahead: timedelta = SOON) -> QuerySet[Outgoing, Any]:
    """What is alive and planned for before `ahead`, with its `place` and its `hold`. Index outgoing_queue.

    A part that follows another is held only where that one has failed, or is not known.
    """
    waiting = Q(state="waiting", planned_at__lt=now + ahead)
    follows = Q(hold=Held.CHAIN, reason="")
    place = Case(
        When(~Q(state="waiting"), then=F("state")),
        When(Q(hold="") | follows, then=Value("due")),
        default=Value("held"),
    )
    return with_hold(rows.filter(waiting | Q(state__in=("sending", "unknown", "failed"))), now).annotate(place=place)


def with_turn(rows: QuerySet[Outgoing, Any]) -> QuerySet[Outgoing, Any]:
    """Adds `behind`: whether another row of its profile is leaving at this moment. Index outgoing_profile_busy."""
    # unscoped: correlated with the profile of a row that the caller has scoped
    others = Outgoing.unscoped.filter(profile=OuterRef("profile"), state="sending").exclude(pk=OuterRef("pk"))
    return rows.annotate(behind=Exists(others))


def returning(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """What was refused for the sign-in alone: it leaves by itself when its profile is connected again. What is a day
    late waits for a person to say so. Indexes outgoing_of_profile and attempt_of_outgoing.
    """
    last = Attempt.objects.filter(outgoing=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    failed = rows.filter(state="failed", planned_at__gte=now - GIVE_UP_AFTER)
    return failed.annotate(last=Subquery(last)).filter(last="disconnected")


def with_return(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """Adds `returns`: whether it leaves when its profile, which is not connected, is connected again."""
    # unscoped: the very row that the caller has scoped
    again = Exists(returning(Outgoing.unscoped.filter(pk=OuterRef("pk")), now))
    return rows.annotate(
        returns=Case(When(Q(state="failed", profile__state="disconnected"), then=again), default=False)
    )


def overdue(rows: QuerySet[Outgoing, Any], now: datetime, *, by: timedelta = LATE) -> QuerySet[Outgoing, Any]:
    """What should have left `by` ago, and nothing known holds it. Index outgoing_lane, or outgoing_due_open.

    Nothing is due before it is planned: said here, or all that is planned for later on a profile would be read.
    """
    late = rows.filter(state="waiting", held="", planned_at__lte=now, due_at__lt=now - by)
    return late.filter(
        IS_REPLY | Q(profile__in=open_lanes(POSTS_TOO)), priority__in=Priority.values, profile__in=open_lanes()
    )


def open_lanes(more: str = "true") -> RawSQL:
    """The profiles that may send at this moment and are not sending."""
    return may_send(f"{NOT_SENDING} AND {more}")
