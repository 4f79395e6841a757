"""The queue page: what of the outbox a member may see, by place, one page at a time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from networks.models import Outgoing
from networks.queries.queue import PLACES, overdue, queued, with_hold, with_return, with_turn
from networks.readiness import SOON
from networks.row_origins import paths
from organizations.models import Member
from publishing.models import Delivery
from publishing.queries.outlook import Outlook, outlook
from publishing.queries.parts import front_of, parts_of
from teams.access import profiles_for, verbs_on

PER_PAGE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
NEWEST_FIRST = {"failed"}
Rows = QuerySet[Outgoing, Any]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Outgoing]
    following: str | None  # key of the page after it


@dataclass(frozen=True, slots=True)
class Alarm:
    """How many should have left, and since when the first of them."""

    count: int
    since: datetime


def visible(member: Member, *, network: str = "", profile: int | None = None) -> Rows:
    """Rows on profiles that the member may view; all of the organization's for those who may view all."""
    rows = Outgoing.objects.all()
    if not member.is_admin:
        rows = rows.filter(profile__in=profiles_for(member, to="view").values("pk"))
    if network:
        rows = rows.filter(profile__network=network)
    return rows.filter(profile=profile) if profile else rows


def counts(rows: Rows, now: datetime) -> dict[str, int]:
    """{place: how many} in one query."""
    found = queued(rows, now).order_by().values_list("place").annotate(count=Count("pk"))
    return dict.fromkeys(PLACES, 0) | dict(found)


def page_of(rows: Rows, place: str, now: datetime, *, after: str = "") -> Page:
    """One page by key: what should leave first comes first, and of what failed the last."""
    back = place in NEWEST_FIRST
    wanted = standing(rows, place, now)
    if key := read_key(after):
        at, pk = key
        beyond = "lt" if back else "gt"
        wanted = wanted.filter(Q(**{f"planned_at__{beyond}": at}) | Q(**{"planned_at": at, f"pk__{beyond}": pk}))
    order = ("-planned_at", "-pk") if back else ("planned_at", "pk")
    found = list(with_return(with_turn(wanted), now).select_related("profile").order_by(*order)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return Page(shown, key_of(shown[-1]) if len(found) > PER_PAGE else None)


def standing(rows: Rows, place: str, now: datetime) -> Rows:
    """Says state and time once more, plainly: the index then begins and ends where the page does."""
    plain = {"state": "waiting", "planned_at__lt": now + SOON} if place in ("due", "held") else {"state": place}
    return queued(rows.filter(**plain), now).filter(place=place)


def key_of(row: Outgoing) -> str:
    return f"{(row.planned_at - EPOCH) // timedelta(microseconds=1)}-{row.pk}"


def read_key(text: str) -> tuple[datetime, int] | None:
    match = KEY.fullmatch(text)
    return (EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None


def dress(member: Member, rows: list[Outgoing], now: datetime) -> None:
    """Gives each row its words, its page, and its delivery where the member may decide it. Four queries at most.

    What has failed or is not known is always the first part that is not there, and that is what decisions are about.
    """
    heads = {row.pk: row.chain_id or row.pk for row in rows}  # a thread is the delivery of its first part
    found = Delivery.objects.filter(outgoing__in=heads.values()).select_related("profile", "post", "outgoing")
    deliveries = {one.outgoing_id: one for one in found}
    verbs = verbs_on(member, {row.profile_id for row in rows})
    elsewhere = paths(member.organization, [row for row in rows if heads[row.pk] not in deliveries])
    for row in rows:
        row.outlook = outlook(row, hold=row.hold, behind=row.behind, now=now)
        row.path = elsewhere.get(row.pk, "")
        row.delivery_shown = deliveries.get(heads[row.pk])
        if row.delivery_shown:
            row.delivery_shown.mine = "publish" in verbs[row.profile_id] and row.hold != "chain"


def outlooks(outgoing_ids: Iterable[int], now: datetime) -> dict[int, Outlook]:
    """{id of a row: what is known and what happens next} for those that have not come to an end, in one query."""
    rows = Outgoing.objects.filter(pk__in=list(outgoing_ids)).exclude(state__in=("sent", "cancelled"))
    found = with_return(with_turn(with_hold(rows, now)), now).select_related("profile")
    return {row.pk: outlook(row, hold=row.hold, behind=row.behind, now=now) for row in found}


def foresee(deliveries: Iterable[Delivery], now: datetime) -> None:
    """Gives each its `outlook`; None where it has come to an end. Read them `with_parts`: one query for all."""
    fronts = [(delivery, front_of(parts_of(delivery)).pk) for delivery in deliveries]
    found = outlooks([pk for _, pk in fronts], now)
    for delivery, pk in fronts:
        delivery.outlook = found.get(pk)


def alarm(rows: Rows, now: datetime) -> Alarm | None:
    """What nothing known holds and has not left for a minute; None where all is well."""
    late = overdue(rows, now)
    found = late.order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    return Alarm(**found) if found["count"] else None
