"""Pages by key: the rows beyond one row, in an order that ends with what is unique."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from foundation.texts.ids import parse_id

M = TypeVar("M", bound=Model)
Edge = Sequence[Any]  # a row's values in the order of the list
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class KeyPage(Generic[M]):
    """`earlier` is the id before which the previous page ends, `later` the one after which the next one begins."""

    rows: list[M]
    earlier: int | None
    later: int | None


def page_by_key(
    rows: QuerySet[M],
    order: Sequence[str],
    *,
    size: int,
    after: int | Edge | None = None,
    before: int | Edge | None = None,
) -> KeyPage[M]:
    """Rows after (or before) the one with this id, or with these values in `order`, where "-name" is downwards.

    One query; one more to look a row's values up by its id. An id that nothing has shows page one.
    """
    edge = find_edge(rows, order, after or before)
    if edge is None or after:
        found = list(rows_after(rows, order, edge)[: size + 1])
        shown = found[:size]
        return KeyPage(shown, shown[0].pk if edge and shown else None, shown[-1].pk if len(found) > size else None)
    found = list(rows_after(rows, reverse_order(order), edge)[: size + 1])
    shown = found[:size][::-1]
    return KeyPage(shown, shown[0].pk if len(found) > size else None, shown[-1].pk if shown else None)


def page_by_time(rows: QuerySet[M], order: Sequence[str], *, size: int, after: str) -> tuple[list[M], str | None]:
    """The same in an order of time and id, with the keys, `after` and the next page's, as addresses hold them."""
    page = page_by_key(rows, order, size=size, after=parse_time_key(after))
    if page.later is None:
        return page.rows, None
    return page.rows, format_time_key(getattr(page.rows[-1], order[0].removeprefix("-")), page.later)


def find_edge(rows: QuerySet[M], order: Sequence[str], key: int | Edge | None) -> Edge | None:
    if not key or not isinstance(key, int):
        return key or None
    if order[0] in ("pk", "-pk"):
        return [key]
    names = [name.removeprefix("-") for name in order]
    found: Edge | None = rows.model._default_manager.filter(pk=key).values_list(*names).first()
    return found


def rows_after(rows: QuerySet[M], order: Sequence[str], edge: Edge | None) -> QuerySet[M]:
    return (rows.filter(beyond_key(order, edge)) if edge else rows).order_by(*order)


def reverse_order(order: Sequence[str]) -> list[str]:
    return [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]


def beyond_key(order: Sequence[str], edge: Edge, *, including: bool = False) -> Q:
    """(a, b) > (x, y) as a >= x and (a > x or b > y): PostgreSQL begins there in an index. `including` the edge: >=."""
    name, side = order[0].removeprefix("-"), "lt" if order[0].startswith("-") else "gt"
    if len(order) == 1:
        return Q(**{f"{name}__{side}{'e' if including else ''}": edge[0]})
    beyond = Q(**{f"{name}__{side}": edge[0]}) | beyond_key(order[1:], edge[1:], including=including)
    return Q(**{f"{name}__{side}e": edge[0]}) & beyond


def format_time_key(at: datetime, pk: int) -> str:
    """The edge (time, id) as an address holds it."""
    return f"{(at - EPOCH) // MICROSECOND}-{pk}"


def parse_time_key(text: str) -> tuple[datetime, int] | None:
    """None for what is no key, so that an altered address shows the first page."""
    micros, pk = map(parse_id, text.partition("-")[::2])
    if micros is None or pk is None:
        return None
    try:
        return EPOCH + micros * MICROSECOND, pk
    except OverflowError:
        return None
