"""How fast each member answers: from the oldest message that waited until their answer was there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from analytics.derive import day_bounds
from analytics.period import Period
from inbox.conversation_counts import UNSENT_STATES
from inbox.models import Conversation, Message
from networks.queries.lateness import Percentile
from organizations.models import Member


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Of one member. None where there is nothing to say."""

    member: Member
    count: int
    usual: timedelta | None  # the median
    longest: timedelta | None
    waiting: int  # conversations given to them in which somebody waits at this moment
    waits_since: datetime | None


def list_answer_times(
    people: Sequence[Member], profile_ids: Sequence[int], period: Period, *, zone: ZoneInfo
) -> list[AnswerTimes]:
    """In two queries, however many people; in the order of `people`. Indexes message_of_profile, conversation_mine."""
    ids = [one.pk for one in people]
    given = {
        row["writer"]: row
        for row in answer_times_by_writer(ids, profile_ids, day_bounds(period.first, period.last, zone))
    }
    waiting = {row["assignee"]: row for row in waiting_by_assignee(ids, profile_ids)}
    return [build_answer_times(one, given.get(one.pk, {}), waiting.get(one.pk, {})) for one in people]


def build_answer_times(member: Member, given: Mapping[str, Any], waiting: Mapping[str, Any]) -> AnswerTimes:
    return AnswerTimes(
        member,
        given.get("count", 0),
        given.get("usual"),
        given.get("longest"),
        waiting.get("count", 0),
        waiting.get("since"),
    )


def answer_times_by_writer(
    member_ids: Sequence[int], profile_ids: Sequence[int], between: tuple[datetime, datetime]
) -> QuerySet[Any, Mapping[str, Any]]:
    """Answers that left within `between`, by writer. What followed another answer with nobody waiting is none."""
    beside = Message.objects.filter(conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"))
    good = Q(outgoing=None) | ~Q(outgoing__state__in=UNSENT_STATES)
    last = beside.filter(good, direction="out").order_by("-pk").values("pk")[:1]
    asked = beside.filter(direction="in", pk__gt=OuterRef("last")).order_by("sent_at").values("sent_at")[:1]
    rows = Message.objects.filter(
        profile__in=profile_ids,
        direction="out",
        sent_at__gte=between[0],
        sent_at__lt=between[1],
        writer__in=member_ids,
        outgoing__state="sent",
    )
    rows = rows.annotate(last=Coalesce(Subquery(last), 0)).annotate(asked=Subquery(asked)).exclude(asked=None)
    took = Greatest(F("sent_at") - F("asked"), Value(timedelta(0)), output_field=DurationField())
    by_writer = rows.annotate(took=took).values("writer")
    return by_writer.annotate(count=Count("pk"), usual=Percentile(F("took"), 0.5), longest=Max("took")).order_by()


def waiting_by_assignee(member_ids: Sequence[int], profile_ids: Sequence[int]) -> QuerySet[Any, Mapping[str, Any]]:
    rows = Conversation.objects.filter(assignee__in=member_ids, profile__in=profile_ids, state="open")
    by_assignee = rows.exclude(unanswered_since=None).values("assignee")
    return by_assignee.annotate(count=Count("pk"), since=Min("unanswered_since")).order_by()
