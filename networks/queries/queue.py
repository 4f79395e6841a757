"""The outbox as people look at it: what is due, held and why, in flight, not known, failed, overdue.

What may leave is decided by `networks.outbox.lanes`; both ask `networks.readiness`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from networks.models import Attempt, Held, Outgoing, Priority
from networks.outbox.lanes import NOT_SENDING, sendable_profile_ids
from networks.outbox.outcomes import GIVE_UP_AFTER
from networks.readiness import HOLDS, MAY_SEND_POSTS, SOON_WITHIN, is_held_by, limited_until, refusal_reason

OVERDUE_AFTER = timedelta(minutes=1)  # after this, what nothing holds should long have left
QUEUE_PLACES = ("due", "sending", "unknown", "failed", "held")

IS_REPLY = Q(priority=Priority.REPLY)


def annotate_hold(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """Adds `hold`, why a waiting row may not leave (a word of HOLDS, or nothing), what its network says to that, and
    until when it takes no more.

    What holds only for a while says nothing of what is planned for later.
    """
    soon = Q(planned_at__lt=now + SOON_WITHIN)
    kept = ((hold, is_held_by(hold.word, "profile__", row="", now=now)) for hold in HOLDS.values())
    return rows.annotate(
        refusal=refusal_reason("profile__"),
        limited_until=limited_until("profile__", row="", now=now),
        hold=Case(
            *(When(soon & keeping if hold.passes else keeping, then=Value(hold.word)) for hold, keeping in kept),
            default=Value(""),
        ),
    )


def queued_rows(
    rows: QuerySet[Outgoing, Any], now: datetime, *, ahead: timedelta = SOON_WITHIN
) -> QuerySet[Outgoing, Any]:
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
    return annotate_hold(rows.filter(waiting | Q(state__in=("sending", "unknown", "failed"))), now).annotate(
        place=place
    )


def annotate_behind(rows: QuerySet[Outgoing, Any]) -> QuerySet[Outgoing, Any]:
    """Adds `behind`: whether another row of its profile is leaving at this moment. Index outgoing_profile_busy."""
    # unscoped: correlated with the profile of a row that the caller has scoped
    others = Outgoing.unscoped.filter(profile=OuterRef("profile"), state="sending").exclude(pk=OuterRef("pk"))
    return rows.annotate(behind=Exists(others))


def rows_returning_on_reconnect(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """What was refused for the sign-in alone: it leaves by itself when its profile is connected again. What is a day
    late waits for a person to say so. Indexes outgoing_of_profile and attempt_of_outgoing.
    """
    last = Attempt.objects.filter(outgoing=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    failed = rows.filter(state="failed", planned_at__gte=now - GIVE_UP_AFTER)
    return failed.annotate(last=Subquery(last)).filter(last="disconnected")


def annotate_returns(rows: QuerySet[Outgoing, Any], now: datetime) -> QuerySet[Outgoing, Any]:
    """Adds `returns`: whether it leaves when its profile, which is not connected, is connected again."""
    # unscoped: the very row that the caller has scoped
    again = Exists(rows_returning_on_reconnect(Outgoing.unscoped.filter(pk=OuterRef("pk")), now))
    return rows.annotate(
        returns=Case(When(Q(state="failed", profile__state="disconnected"), then=again), default=False)
    )


def overdue_rows(
    rows: QuerySet[Outgoing, Any], now: datetime, *, by: timedelta = OVERDUE_AFTER
) -> QuerySet[Outgoing, Any]:
    """What should have left `by` ago, and nothing known holds it. Index outgoing_lane, or outgoing_due_open.

    Nothing is due before it is planned: said here, or all that is planned for later on a profile would be read.
    """
    late = rows.filter(state="waiting", held="", planned_at__lte=now, due_at__lt=now - by)
    return late.filter(
        IS_REPLY | Q(profile__in=idle_profile_ids(MAY_SEND_POSTS)),
        priority__in=Priority.values,
        profile__in=idle_profile_ids(),
    )


def idle_profile_ids(more: str = "true") -> RawSQL:
    """The profiles that may send at this moment and are not sending."""
    return sendable_profile_ids(f"{NOT_SENDING} AND {more}")
