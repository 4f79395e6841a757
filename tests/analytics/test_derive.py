"""From counters to days: nothing is lost, nothing counts twice, and the missing is never zero."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from analytics.derive import changes_by_day, day_bounds, day_of, known_values, value_increases

MADRID = ZoneInfo("Europe/Madrid")
BEGIN = datetime(2026, 3, 27, tzinfo=UTC)
numbers = st.one_of(st.none(), st.integers(0, 10_000))
answers = st.fixed_dictionaries({}, optional={"likes": numbers, "impressions": numbers})
instants = st.integers(0, 5 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
stories = st.lists(st.tuples(instants, answers), max_size=12, unique_by=lambda pair: pair[0])


def test_the_first_number_counts_from_nothing_and_a_missing_one_changes_nothing():
    assert value_increases({}, {"likes": 5}) == {"likes": 5}
    assert value_increases({"likes": 5, "replies": 2}, {"likes": 5, "replies": None}) == {"likes": 0}
    assert value_increases({"likes": 5}, {"likes": 3}) == {"likes": -2}


@given(stories)
def test_the_days_add_up_to_what_the_network_said_last(story):
    days = changes_by_day(story, MADRID)
    last: dict[str, int] = {}
    for _, values in sorted(story, key=lambda pair: pair[0]):
        last |= known_values(values, ("likes", "impressions"))
    assert {key: sum(n for (_, metric), n in days.items() if metric == key) for key in last} == last
    assert {metric for _, metric in days} == set(last)


@given(stories, st.randoms())
def test_the_order_of_reading_does_not_matter(story, shuffler):
    mixed = list(story)
    shuffler.shuffle(mixed)
    assert Counter(changes_by_day(mixed, MADRID)) == changes_by_day(story, MADRID)


def test_growth_is_of_the_day_on_the_organizations_clock():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert changes_by_day([(late, {"likes": 5}), (late, {"likes": 7})], MADRID) == {(date(2026, 3, 2), "likes"): 7}


def test_a_day_ends_at_midnight_of_the_organization():
    assert day_of(datetime(2026, 3, 1, 22, 59, tzinfo=UTC), MADRID) == date(2026, 3, 1)
    assert day_of(datetime(2026, 3, 1, 23, 0, tzinfo=UTC), MADRID) == date(2026, 3, 2)


def test_the_day_of_a_clock_change_is_as_long_as_it_is():
    start, end = day_bounds(date(2026, 3, 29), date(2026, 3, 29), MADRID)
    assert (start, end) == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert start.tzinfo is end.tzinfo is UTC  # what is subtracted on one clock counts no change of it
