"""What the headers of X's answers say of its limits. Each endpoint has its own, per user and per app. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from networks.adapters import json_values, transport
from networks.contract import CallKind, RateLimit

HEADER_GROUPS = {
    "x-rate-limit": False,
    "x-user-limit-24hour": False,
    "x-app-limit-24hour": True,
}  # name: shared by the app
POSTING_ROUTE = "/2/tweets"


def parse_limits(method: str, route: str, headers: Mapping[str, str]) -> Iterator[RateLimit]:
    """Of the endpoint that was called. Other writes than posts do not use up what posts need."""
    if method != "GET" and (method, route) != ("POST", POSTING_ROUTE):
        return
    counts = CallKind.READS if method == "GET" else CallKind.WRITES
    for group, whole_app in HEADER_GROUPS.items():
        remaining, reset = remaining_of(headers, group), reset_of(headers, group)
        if remaining is not None and reset is not None:
            yield RateLimit(counts, used_share(headers, group, remaining), reset, whole_app)


def remaining_of(headers: Mapping[str, str], group: str) -> int | None:
    return json_values.int_or_none(headers.get(f"{group}-remaining"))


def reset_of(headers: Mapping[str, str], group: str) -> datetime | None:
    """When it resets; None where that is not said, is over, or is too far away to be believed."""
    reset, now = json_values.time_or_none(headers.get(f"{group}-reset")), transport.utcnow()
    return reset if reset and now < reset <= now + transport.LONGEST_WAIT else None


def used_share(headers: Mapping[str, str], group: str, remaining: int) -> float:
    limit = json_values.int_or_none(headers.get(f"{group}-limit")) or 0
    if remaining <= 0:
        return 1.0
    return 1 - remaining / limit if limit >= remaining else 0.0
