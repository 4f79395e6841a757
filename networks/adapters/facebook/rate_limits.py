"""What the headers of Graph's answers say of its limits, in percent of what it gives an app and a Page. Pure.

They count reads and writes alike, over a time that rolls on: so there is no reset, and what they said ages soon.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from networks.adapters import json_values, transport
from networks.contract import CallKind, RateLimit

USAGE_LIFETIME = timedelta(minutes=5)
PAGE_USAGE_TYPES = {"pages", ""}
MINUTES_FIELD = "estimated_time_to_regain_access"


def parse_limits(headers: Mapping[str, str]) -> Iterator[RateLimit]:
    """Of the app, of the Page, and of what is done for its business. Graph names them only after enough calls."""
    app = json_values.parse_json_object(headers.get("x-app-usage", ""))
    if app:
        yield limit_of_usage(app, whole_app=True)
    page = json_values.parse_json_object(headers.get("x-page-usage", ""))
    yield from (limit_of_usage(one, whole_app=False) for one in (page, *page_usages(headers)) if one)


def business_usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for entries in json_values.parse_json_object(headers.get("x-business-use-case-usage", "")).values():
        yield from json_values.mappings_in(entries)


def page_usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Messages are counted apart."""
    return (one for one in business_usages(headers) if json_values.text_or_empty(one.get("type")) in PAGE_USAGE_TYPES)


def limit_of_usage(usage: Mapping[str, Any], *, whole_app: bool) -> RateLimit:
    percents = (json_values.int_or_none(usage.get(name)) or 0 for name in ("call_count", "total_time", "total_cputime"))
    minutes = minutes_to_wait(usage)
    used = 1.0 if minutes else max(percents) / 100
    return RateLimit(CallKind.ALL, used, reset_time(minutes), whole_app)


def minutes_to_wait(usage: Mapping[str, Any]) -> int:
    """Until calls are accepted again; 0 where none are refused, or where it is too much to be believed."""
    minutes = json_values.int_or_none(usage.get(MINUTES_FIELD)) or 0
    return minutes if 0 < minutes <= transport.LONGEST_WAIT.total_seconds() / 60 else 0


def reset_time(minutes: int) -> datetime:
    return transport.utcnow() + (timedelta(minutes=minutes) if minutes else USAGE_LIFETIME)
