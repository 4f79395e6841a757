"""Graph's lists: cursors, and bounds by the time of the entries themselves."""

import base64
import binascii
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now

from networks.adapters import json_values
from networks.sandbox.dialects.api_calls import int_within
from networks.sandbox.dialects.facebook import api_objects, refusals
from networks.sandbox.dialects.facebook.fields import parse_fields
from networks.sandbox.models import Entry
from networks.sandbox.snowflake_ids import lowest_id_number

_HIGHEST_NUMBER = (1 << 63) - 1
_DEFAULT_SIZE = 25


def build_entry_page(request: HttpRequest, rows: QuerySet[Entry], *, backwards: bool) -> dict[str, Any]:
    """One page. `next` is named only where there is one."""
    params = request.GET
    size = page_size(params)
    rows = filter_after_cursor(filter_by_time(rows, params), params, backwards=backwards).order_by(
        "-number" if backwards else "number"
    )
    found = list(rows[: size + 1])
    page = found[:size]
    body: dict[str, Any] = {"data": api_objects.build_nodes(page, parse_fields(params.get("fields", "")), at=now())}
    if page:
        after = cursor_of(page[-1])
        body["paging"] = {"cursors": {"before": cursor_of(page[0]), "after": after}}
        if len(found) > size:
            body["paging"]["next"] = request.build_absolute_uri(f"{request.path}?{next_page_query(params, after)}")
    return body


def page_size(params: QueryDict) -> int:
    size = int_within(params.get("limit", str(_DEFAULT_SIZE)), least=0, most=100)
    if size is None:
        raise refusals.invalid_parameter("Param limit must be a number from 0 to 100")
    return size


def filter_by_time(rows: QuerySet[Entry], params: QueryDict) -> QuerySet[Entry]:
    for name, lookup in (("since", "number__gte"), ("until", "number__lt")):
        if name in params:
            at = json_values.time_or_none(params[name])
            if at is None:
                raise refusals.invalid_parameter(f"Param {name} must be a valid time")
            rows = rows.filter(**{lookup: min(_HIGHEST_NUMBER, lowest_id_number(at))})
    return rows


def filter_after_cursor(rows: QuerySet[Entry], params: QueryDict, *, backwards: bool) -> QuerySet[Entry]:
    if "after" not in params:
        return rows
    number = parse_cursor(params.get("after", ""))
    return rows.filter(number__lt=number) if backwards else rows.filter(number__gt=number)


def cursor_of(entry: Entry) -> str:
    return base64.urlsafe_b64encode(str(entry.number).encode()).decode()


def parse_cursor(cursor: str) -> int:
    try:
        number = int_within(base64.urlsafe_b64decode(cursor[:100]).decode(), least=0, most=_HIGHEST_NUMBER)
    except (binascii.Error, ValueError):
        number = None
    if number is None:
        raise refusals.invalid_parameter("Invalid cursors values supplied.")
    return number


def next_page_query(params: QueryDict, after: str) -> str:
    rest = params.copy()
    rest["after"] = after
    rest.pop("access_token", None)
    return rest.urlencode()
