"""One page by key, in either direction, of rows that are ordered by something people read."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class KeyPage(Generic[M]):
    rows: list[M]
    earlier: int | None  # the key before which the previous page ends
    later: int | None  # the key after which the next one begins


def page_by_key(
    rows: QuerySet[M], order: tuple[str, ...], *, size: int, after: int | None = None, before: int | None = None
) -> KeyPage[M]:
    """Rows after (or before) the one with this id. One query, two where a key is given; a foreign key shows page one.

    `order` has to end with what is unique.
    """
    key = after or before
    edge = rows.model._default_manager.filter(pk=key).values_list(*order).first() if key else None
    if edge is None:
        found = list(rows.order_by(*order)[: size + 1])
        return KeyPage(found[:size], None, next_page_key(found, size))
    if after:
        found = list(rows.filter(beyond_key(order, edge, "gt")).order_by(*order)[: size + 1])
        shown = found[:size]
        return KeyPage(shown, shown[0].pk if shown else None, next_page_key(found, size))
    found = list(rows.filter(beyond_key(order, edge, "lt")).order_by(*(f"-{name}" for name in order))[: size + 1])
    shown = found[:size][::-1]
    return KeyPage(shown, shown[0].pk if len(found) > size else None, shown[-1].pk if shown else None)


def next_page_key(found: list[M], size: int) -> int | None:
    return found[size - 1].pk if len(found) > size else None


def beyond_key(order: tuple[str, ...], edge: tuple[Any, ...], side: str) -> Q:
    """(a, b) > (x, y) as a > x or (a = x and b > y)."""
    wanted, same = Q(), Q()
    for name, value in zip(order, edge, strict=True):
        wanted |= same & Q(**{f"{name}__{side}": value})
        same &= Q(**{name: value})
    return wanted
