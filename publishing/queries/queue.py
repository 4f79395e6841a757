"""The queue page: what of the outbox a member may see, by place, one page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from publishing.queries.delivery_outlook import Outlook, build_outlook
from publishing.queries.delivery_parts import first_unsent_part, parts_of
from teams.access import profiles_for, verbs_on

PER_PAGE = 25
NEWEST_FIRST = {"failed"}
Rows = QuerySet[Outgoing, Any]


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: list[Outgoing]
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
    found = queued_rows(rows, now).order_by().values_list("place").annotate(count=Count("pk"))
    return dict.fromkeys(QUEUE_PLACES, 0) | dict(found)


def page_of_queue(rows: Rows, place: str, now: datetime, *, after: str = "") -> QueuePage:
    """One page by key: what should leave first comes first, and of what failed the last."""
    wanted = annotate_returns(annotate_behind(rows_in_place(rows, place, now)), now).select_related("profile")
    order = ("-planned_at", "-pk") if place in NEWEST_FIRST else ("planned_at", "pk")
    return QueuePage(*page_by_time(wanted, order, size=PER_PAGE, after=after))


def rows_in_place(rows: Rows, place: str, now: datetime) -> Rows:
    """Says state and time once more, plainly: the index then begins and ends where the page does."""
    plain = {"state": "waiting", "planned_at__lt": now + SOON_WITHIN} if place in ("due", "held") else {"state": place}
    return queued_rows(rows.filter(**plain), now).filter(place=place)


def attach_row_details(member: Member, rows: list[Outgoing], now: datetime) -> None:
    """Gives each row its words, its page, and its delivery where the member may decide it. Four queries at most.

    What has failed or is not known is always the first part that is not there, and that is what decisions are about.
    """
    heads = {row.pk: row.chain_id or row.pk for row in rows}  # a thread is the delivery of its first part
    found = Delivery.objects.filter(outgoing__in=heads.values()).select_related("profile", "post", "outgoing")
    deliveries = {one.outgoing_id: one for one in found}
    verbs = verbs_on(member, {row.profile_id for row in rows})
    elsewhere = find_row_paths(member.organization, [row for row in rows if heads[row.pk] not in deliveries])
    for row in rows:
        row.outlook = build_outlook(row, hold=row.hold, behind=row.behind, now=now)
        row.path = elsewhere.get(row.pk, "")
        row.delivery_shown = deliveries.get(heads[row.pk])
        if row.delivery_shown:
            row.delivery_shown.mine = "publish" in verbs[row.profile_id] and row.hold != "chain"


def build_outlooks(outgoing_ids: Iterable[int], now: datetime) -> dict[int, Outlook]:
    """{id of a row: what is known and what happens next} for those that have not come to an end, in one query."""
    rows = Outgoing.objects.filter(pk__in=list(outgoing_ids)).exclude(state__in=("sent", "cancelled"))
    found = annotate_returns(annotate_behind(annotate_hold(rows, now)), now).select_related("profile")
    return {row.pk: build_outlook(row, hold=row.hold, behind=row.behind, now=now) for row in found}


def attach_outlooks(deliveries: Iterable[Delivery], now: datetime) -> None:
    """Gives each its `outlook`; None where it has come to an end. Read them `with_parts`: one query for all."""
    fronts = [(delivery, first_unsent_part(parts_of(delivery)).pk) for delivery in deliveries]
    found = build_outlooks([pk for _, pk in fronts], now)
    for delivery, pk in fronts:
        delivery.outlook = found.get(pk)


def overdue_alarm(rows: Rows, now: datetime) -> OverdueAlarm | None:
    """What nothing known holds and has not left for a minute; None where all is well."""
    late = overdue_rows(rows, now)
    found = late.order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    return OverdueAlarm(**found) if found["count"] else None
