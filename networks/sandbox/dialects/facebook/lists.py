"""Graph's lists: cursors, and bounds by the time of the entries themselves."""

import base64
import binascii
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now

from networks.adapters import reading
from networks.sandbox.dialects.facebook import refusals, shapes
from networks.sandbox.dialects.facebook.fields import parse_fields
from networks.sandbox.dialects.speaking import whole
from networks.sandbox.ids import lowest_at
from networks.sandbox.models import Entry

_HIGHEST = (1 << 63) - 1
_USUAL = 25


def listed(request: HttpRequest, rows: QuerySet[Entry], *, backwards: bool) -> dict[str, Any]:
    """One page. `next` is named only where there is one."""
    params = request.GET
    size = page_size(params)
    rows = beyond(bounded(rows, params), params, backwards=backwards).order_by("-number" if backwards else "number")
    found = list(rows[: size + 1])
    page = found[:size]
    body: dict[str, Any] = {"data": shapes.nodes(page, parse_fields(params.get("fields", "")), at=now())}
    if page:
        after = cursor_of(page[-1])
        body["paging"] = {"cursors": {"before": cursor_of(page[0]), "after": after}}
        if len(found) > size:
            body["paging"]["next"] = request.build_absolute_uri(f"{request.path}?{following(params, after)}")
    return body


def page_size(params: QueryDict) -> int:
    size = whole(params.get("limit", str(_USUAL)), least=0, most=100)
    if size is None:
        raise refusals.invalid("Param limit must be a number from 0 to 100")
    return size


def bounded(rows: QuerySet[Entry], params: QueryDict) -> QuerySet[Entry]:
    for name, lookup in (("since", "number__gte"), ("until", "number__lt")):
        if name in params:
            at = reading.instant(params[name])
            if at is None:
                raise refusals.invalid(f"Param {name} must be a valid time")
            rows = rows.filter(**{lookup: min(_HIGHEST, lowest_at(at))})
    return rows


def beyond(rows: QuerySet[Entry], params: QueryDict, *, backwards: bool) -> QuerySet[Entry]:
    if "after" not in params:
        return rows
    number = number_in(params["after"])
    return rows.filter(number__lt=number) if backwards else rows.filter(number__gt=number)


def cursor_of(entry: Entry) -> str:
    return base64.urlsafe_b64encode(str(entry.number).encode()).decode()


def number_in(cursor: str) -> int:
    try:
        number = whole(base64.urlsafe_b64decode(cursor[:100]).decode(), least=0, most=_HIGHEST)
    except (binascii.Error, ValueError):
        number = None
    if number is None:
        raise refusals.invalid("Invalid cursors values supplied.")
    return number


def following(params: QueryDict, after: str) -> str:
    rest = params.copy()
    rest["after"] = after
    rest.pop("access_token", None)
    return rest.urlencode()
