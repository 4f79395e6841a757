"""When a network that is full is asked again: always later than now, whatever it says, and in any month."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.adapters import transport
from networks.adapters.facebook.errors import network_error_of as graph_outcome
from networks.adapters.x.errors import network_error_of as x_outcome
from networks.errors import RateLimited

NOW = datetime(2026, 1, 30, 23, 59, 59, tzinfo=UTC)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days))
SAID = st.one_of(
    st.just(""),
    st.integers(-(10**13), 10**13).map(str),
    st.sampled_from(["0", "1", "-1", "soon", "1e9", "٣", " 5 ", "9" * 400]),
    MOMENTS.map(lambda at: str(int(at.timestamp()))),
    MOMENTS.map(lambda at: at.isoformat()),
    st.text(max_size=8),
)
X_HEADERS = st.dictionaries(
    st.sampled_from(
        [
            f"{group}-{what}"
            for group in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
            for what in ("remaining", "reset", "limit")
        ]
        + ["retry-after"]
    ),
    SAID,
)
USAGE = st.builds(
    '{{"1": [{{"type": "pages", "estimated_time_to_regain_access": {0}}}]}}'.format,
    st.one_of(st.integers(-(10**9), 10**9), st.just('"x"'), st.just("null"), st.just("1e400")),
)
GRAPH_HEADERS = st.fixed_dictionaries({}, optional={"retry-after": SAID, "x-business-use-case-usage": USAGE | SAID})


def answer(status: int, headers: dict[str, str], body: Any) -> Any:
    return SimpleNamespace(status=status, headers=headers, body=body)


@settings(max_examples=200, deadline=None)
@given(X_HEADERS, st.sampled_from([{}, {"type": "usage-capped", "period": "Daily"}, {"type": "usage-capped"}]))
def test_x(headers: dict[str, str], body: dict[str, str]) -> None:
    error = x_outcome(answer(429, headers, body), write=True, secrets=[], now=NOW)
    assert isinstance(error, RateLimited)
    assert NOW < error.retry_at <= NOW + transport.LONGEST_WAIT


@settings(max_examples=100, deadline=None)
@given(GRAPH_HEADERS)
def test_graph(headers: dict[str, str]) -> None:
    error = graph_outcome(answer(400, headers, {"error": {"code": 32}}), write=True, on_page=True, secrets=[], now=NOW)
    assert isinstance(error, RateLimited)
    assert NOW < error.retry_at <= NOW + transport.LONGEST_WAIT


def capped(period: str, now: datetime) -> datetime:
    error = x_outcome(answer(429, {}, {"type": "usage-capped", "period": period}), write=True, secrets=[], now=now)
    return error.retry_at


@pytest.mark.parametrize("days", [0, 1, 28, 30, 31, 58, 59, 60, 90, 120, 212, 365, 366, 395])
def test_what_is_used_up_for_a_month_is_there_again_on_the_first_of_the_next(days: int) -> None:
    now = FIRST + timedelta(days=days, hours=7)
    again = capped("Monthly", now)
    assert (again.day, again.time()) == (1, FIRST.time())
    assert now < again <= now + timedelta(days=31)
    assert (again - timedelta(days=1)).month == now.month, "no month is left out"


def test_what_is_used_up_for_a_day_is_there_again_at_midnight() -> None:
    assert capped("Daily", NOW) == datetime(2026, 1, 31, tzinfo=UTC)
