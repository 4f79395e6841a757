"""Young posts are asked often, old ones seldom, very old ones never."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.cadence import MEASURED_AGES, next_post_measurement

BORN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def after(**age: float) -> timedelta | None:
    due = next_post_measurement(BORN, BORN + timedelta(**age))
    return due and due - BORN


def test_the_ages_at_which_a_post_is_measured():
    assert after(seconds=0) == timedelta(minutes=1)
    assert after(minutes=1) == timedelta(minutes=5)
    assert after(minutes=59) == timedelta(hours=1)
    assert after(hours=4) == timedelta(days=1)
    assert after(days=12, hours=3) == timedelta(days=13)
    assert after(days=30) == timedelta(days=37)
    assert after(days=90) is None


@given(st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(days=120)))
def test_the_next_time_is_later_than_now_and_the_first_one_planned(age):
    due = next_post_measurement(BORN, BORN + age)
    later = [planned for planned in MEASURED_AGES if planned > age]
    assert due == (BORN + later[0] if later else None)
