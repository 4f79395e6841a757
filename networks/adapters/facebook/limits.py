"""What the headers of Graph's answers say of its limits, in percent of what it gives an app and a Page. Pure.

They count reads and writes alike, over a time that rolls on: so there is no reset, and what they said ages soon.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from networks.adapters import reading, transport
from networks.contract import Counts, RateLimit

AGES_IN = timedelta(minutes=5)
OF_PAGES = {"pages", ""}
MINUTES = "estimated_time_to_regain_access"


def told(headers: Mapping[str, str]) -> Iterator[RateLimit]:
    """Of the app, of the Page, and of what is done for its business. Graph names them only after enough calls."""
    app = reading.json_map(headers.get("x-app-usage", ""))
    if app:
        yield limit(app, whole_app=True)
    page = reading.json_map(headers.get("x-page-usage", ""))
    yield from (limit(one, whole_app=False) for one in (page, *of_pages(headers)) if one)


def of_business(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for entries in reading.json_map(headers.get("x-business-use-case-usage", "")).values():
        yield from reading.maps(entries)


def of_pages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Messages are counted apart."""
    return (one for one in of_business(headers) if reading.text(one.get("type")) in OF_PAGES)


def limit(usage: Mapping[str, Any], *, whole_app: bool) -> RateLimit:
    percents = (reading.whole(usage.get(name)) or 0 for name in ("call_count", "total_time", "total_cputime"))
    minutes = minutes_to_wait(usage)
    used = 1.0 if minutes else max(percents) / 100
    return RateLimit(Counts.ALL, used, until(minutes), whole_app)


def minutes_to_wait(usage: Mapping[str, Any]) -> int:
    """Until calls are accepted again; 0 where none are refused, or where it is too much to be believed."""
    minutes = reading.whole(usage.get(MINUTES)) or 0
    return minutes if 0 < minutes <= transport.LONGEST_WAIT.total_seconds() / 60 else 0


def until(minutes: int) -> datetime:
    return transport.utcnow() + (timedelta(minutes=minutes) if minutes else AGES_IN)
