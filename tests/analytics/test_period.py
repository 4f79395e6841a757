"""The days of a report and those before them."""

from datetime import date

import pytest

from analytics.period import Period, last_days, parse_period
from foundation.errors import Invalid

TODAY = date(2026, 3, 31)


def fields(first: str, last: str) -> set[str]:
    with pytest.raises(Invalid) as raised:
        parse_period(first, last, TODAY)
    return set(raised.value.fields)


def test_left_out_days_mean_the_last_thirty():
    assert parse_period("", "", TODAY) == last_days(30, TODAY) == Period(date(2026, 3, 2), TODAY)


def test_the_period_before_is_as_long_and_touches():
    assert Period(date(2026, 3, 1), date(2026, 3, 7)).before == Period(date(2026, 2, 22), date(2026, 2, 28))


def test_one_day_is_a_period():
    assert parse_period("2026-03-01", "2026-03-01", TODAY).length == 1


def test_two_years_are_the_most():
    assert parse_period("2024-03-31", "2026-03-31", TODAY).length == 731
    assert fields("2024-03-30", "2026-03-31") == {"from"}


@pytest.mark.parametrize(
    ("first", "last", "named"),
    [
        ("yesterday", "", {"from"}),
        ("", "2026-02-30", {"to"}),
        ("x", "y", {"from", "to"}),
        ("2026-03-02", "2026-03-01", {"from"}),
        ("0001-01-01", "0001-01-02", {"from"}),
        ("9999-12-30", "9999-12-31", {"from"}),
        ("\x00", "", {"from"}),
    ],
)
def test_what_is_no_period_names_its_field(first, last, named):
    assert fields(first, last) == named
