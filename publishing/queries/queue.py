"""The queue page: what of the outbox a member may see, by place, one page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db.models import Count, Min, QuerySet

from foundation.database.keyset import page_by_time
from networks.models import Outgoing
from networks.queries.queue import (
    QUEUE_PLACES,
    annotate_behind,
    annotate_hold,
    annotate_returns,
    overdue_rows,
    queued_rows,
)
from networks.readiness import SOON_WITHIN
from networks.row_origins import find_row_paths
from organizations.models import Member
from publishing.models import Delivery
from publishing.queries.delivery_outlook import Outlook, Situation, build_outlook
from teams.access import profiles_for, verbs_on

if TYPE_CHECKING:  # the stubs are there only where types are checked
    from django_stubs_ext import WithAnnotations

    SituatedRow = WithAnnotations[Outgoing, "SituationColumns"]
else:
    SituatedRow = Outgoing

PER_PAGE = 25
NEWEST_FIRST = {"failed"}
Rows = QuerySet[Outgoing, Any]
SituatedRows = QuerySet[SituatedRow, Any]


class SituationColumns(TypedDict):
    """What `networks.queries.queue` adds to a row."""

    place: str
    hold: str
    refusal: str | None
    limited_until: datetime | None
    behind: bool
    returns: bool


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A row of the outbox with what is known of it and what happens next."""

    row: Outgoing
    place: str  # one of QUEUE_PLACES, or empty for what has come to an end
    hold: str  # why it may not leave: a word of HOLDS, or nothing
    outlook: Outlook
    path: str  # to where it was written, where that is no post
    delivery: Delivery | None  # that it is a part of
    mine: bool  # whether the reader may decide about it


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: Sequence[SituatedRow]
    following: str | None  # key of the page after it


@dataclass(frozen=True, slots=True)
class OverdueAlarm:
    """How many should have left, and since when the first of them."""

    count: int
    since: datetime


def visible_rows(member: Member, *, network: str = "", profile: int | None = None) -> Rows:
    """Rows on profiles that the member may view; all of the organization's for those who may view all."""
    rows = Outgoing.objects.all()
    if not member.is_admin:
        rows = rows.filter(profile__in=profiles_for(member, to="view").values("pk"))
    if network:
        rows = rows.filter(profile__network=network)
    return rows.filter(profile=profile) if profile else rows


def count_by_place(rows: Rows, now: datetime) -> dict[str, int]:
    """{place: how many} in one query."""
    found = placed_rows(rows, now).order_by().values_list("place").annotate(count=Count("pk"))
    return dict.fromkeys(QUEUE_PLACES, 0) | dict(found)


def page_of_queue(rows: Rows, place: str, now: datetime, *, after: str = "") -> QueuePage:
    """One page by key: what should leave first comes first, and of what failed the last."""
    wanted = with_situations(rows_in_place(rows, place, now), now)
    order = ("-planned_at", "-pk") if place in NEWEST_FIRST else ("planned_at", "pk")
    return QueuePage(*page_by_time(wanted, order, size=PER_PAGE, after=after))


def rows_in_place(rows: Rows, place: str, now: datetime) -> SituatedRows:
    """Says state and time once more, plainly: the index then begins and ends where the page does."""
    plain = {"state": "waiting", "planned_at__lt": now + SOON_WITHIN} if place in ("due", "held") else {"state": place}
    return placed_rows(rows.filter(**plain), now).filter(place=place)


def placed_rows(rows: Rows, now: datetime) -> SituatedRows:
    return cast(SituatedRows, queued_rows(rows, now))


def list_queue_entries(member: Member, rows: Sequence[SituatedRow], now: datetime) -> list[QueueEntry]:
    """Each with its words, its page, and its delivery where the member may decide it. Four queries at most.

    What has failed or is not known is always the first part that is not there, and that is what decisions are about.
    """
    return build_queue_entries(member, [(row, row.place, situation_of(row)) for row in rows], now)


def build_queue_entries(
    member: Member, rows: Sequence[tuple[Outgoing, str, Situation]], now: datetime
) -> list[QueueEntry]:
    """Of rows, each with its place and situation. Four queries at most."""
    heads = {row.pk: row.chain_id or row.pk for row, _, _ in rows}  # a thread is the delivery of its first part
    parents = Delivery.objects.filter(outgoing__in=heads.values()).select_related("profile", "post", "outgoing")
    deliveries = {one.outgoing_id: one for one in parents}
    verbs = verbs_on(member, {row.profile_id for row, _, _ in rows})
    paths = find_row_paths(member.organization, [row for row, _, _ in rows if heads[row.pk] not in deliveries])
    found = []
    for row, place, situation in rows:
        delivery, outlook = deliveries.get(heads[row.pk]), build_outlook(row, situation, now)
        mine = delivery is not None and "publish" in verbs[row.profile_id] and situation.hold != "chain"
        found.append(QueueEntry(row, place, situation.hold, outlook, paths.get(row.pk, ""), delivery, mine))
    return found


def with_situations(rows: Rows, now: datetime) -> SituatedRows:
    """Adds to rows that have their `hold` the rest that `situation_of` reads."""
    return cast(SituatedRows, annotate_returns(annotate_behind(rows), now).select_related("profile"))


def situation_of(row: SituatedRow) -> Situation:
    return Situation(row.hold, row.refusal or "", row.limited_until, row.behind, row.returns)


def build_outlooks(outgoing_ids: Iterable[int], now: datetime) -> dict[int, Outlook]:
    """{id of a row: what is known and what happens next} for those that have not come to an end, in one query."""
    rows = Outgoing.objects.filter(pk__in=list(outgoing_ids)).exclude(state__in=("sent", "cancelled"))
    found = with_situations(annotate_hold(rows, now), now)
    return {row.pk: build_outlook(row, situation_of(row), now) for row in found}


def overdue_alarm(rows: Rows, now: datetime) -> OverdueAlarm | None:
    """What nothing known holds and has not left for a minute; None where all is well."""
    late = overdue_rows(rows, now)
    found = late.order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    return OverdueAlarm(**found) if found["count"] else None
