"""The outbox as people look at it: what is due, held and why, in flight, not known, failed, overdue.

What may leave is decided by `networks.outbox.lanes`; this says the same for those who read.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from networks.models import Outgoing, Priority
from networks.outbox.lanes import MAY_SEND, NOT_SENDING

LATE = timedelta(minutes=1)  # after this, what nothing holds should long have left
SOON = timedelta(hours=1)  # what is planned for later stands in the calendar
PLACES = ("due", "sending", "unknown", "failed", "held")
HOLDS = ("disconnected", "paused", "too_late", "chain", "limit")


def hold(now: datetime) -> Case:
    """Why a waiting row may not leave: one of HOLDS, or nothing."""
    paused = Q(profile__pause="all") | Q(profile__pause="posts", priority__gt=Priority.REPLY)
    return Case(
        When(profile__state="disconnected", then=Value("disconnected")),
        When(paused, then=Value("paused")),
        When(held__gt="", then=F("held")),
        When(profile__held_until__gt=now, then=Value("limit")),
        default=Value(""),
    )


def queued(rows: QuerySet[Outgoing, Any], now: datetime, *, ahead: timedelta = SOON) -> QuerySet[Outgoing, Any]:
    """What is alive and planned for before `ahead`, with its `place` and its `hold`. Index outgoing_queue."""
    waiting = Q(state="waiting", planned_at__lt=now + ahead)
    place = Case(
        When(~Q(state="waiting"), then=F("state")),
        When(~Q(hold=""), then=Value("held")),
        default=Value("due"),
    )
    found = rows.filter(waiting | Q(state__in=("sending", "unknown", "failed")))
    return found.annotate(hold=hold(now)).annotate(place=place)


def with_turn(rows: QuerySet[Outgoing, Any]) -> QuerySet[Outgoing, Any]:
    """Adds `behind`: whether another row of its profile is leaving at this moment. Index outgoing_profile_busy."""
    # unscoped: correlated with the profile of a row that the caller has scoped
    others = Outgoing.unscoped.filter(profile=OuterRef("profile"), state="sending").exclude(pk=OuterRef("pk"))
    return rows.annotate(behind=Exists(others))


def overdue(rows: QuerySet[Outgoing, Any], now: datetime, *, by: timedelta = LATE) -> QuerySet[Outgoing, Any]:
    """What should have left `by` ago, and nothing known holds it. Index outgoing_due_open."""
    late = rows.filter(state="waiting", held="", due_at__lt=now - by, profile__in=open_lanes())
    return late.filter(Q(profile__pause="") | Q(priority=Priority.REPLY))


def open_lanes() -> RawSQL:
    """The profiles that may send at this moment and are not sending, exactly as the dispatcher asks it."""
    asked = f"SELECT p.id FROM networks_profile p WHERE {MAY_SEND} AND {NOT_SENDING}"  # noqa: S608 - both are constants
    return RawSQL(asked.replace("%(now)s", "statement_timestamp()"), ())  # noqa: S611 - as above
