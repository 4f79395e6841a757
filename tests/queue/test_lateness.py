"""Lateness is computed from what left: median, 95th and worst of the hour and the day, and hour by hour."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from networks.models import Outgoing
from networks.queries.lateness import Lateness, lateness_by_hour, recent_lateness
from publishing.queries.queue_pace import format_lateness, lateness_charts
from tests.cast import Cast

MADRID = ZoneInfo("Europe/Madrid")
SECOND = timedelta(seconds=1)


@pytest.fixture
def left(lay):
    """left(minutes ago, seconds late)"""

    def made(minutes: float, late: float) -> Outgoing:
        at = now() - timedelta(minutes=minutes)
        return lay(minutes=-minutes, state="sent", sent_at=at, planned_at=at - timedelta(seconds=late))

    return made


def test_nothing_left_is_not_zero(cast: Cast, in_acme) -> None:
    assert recent_lateness(Outgoing.objects.all(), now()) == (Lateness(0, None, None, None),) * 2
    drawn = lateness_charts(lateness_by_hour(Outgoing.objects.all(), now(), MADRID))
    assert {value for _at, value in drawn["lateness"]["series"][0]["points"]} == {None}
    assert {value for _at, value in drawn["throughput"]["series"][0]["points"]} == {0}


def test_the_hour_and_the_day(left) -> None:
    for late in (0.2, 0.4, 10):
        left(5, late)
    left(300, 100)
    left(3000, 999)
    hour, day = recent_lateness(Outgoing.objects.all(), now())
    assert (hour.count, day.count) == (3, 4)
    assert (hour.median, hour.worst) == (0.4 * SECOND, 10 * SECOND)
    assert day.worst == 100 * SECOND
    assert hour.most is not None
    assert 9 * SECOND < hour.most < 10 * SECOND


def test_a_network_whose_clock_runs_behind_sends_nothing_early(left) -> None:
    left(5, -0.8)
    hour, _day = recent_lateness(Outgoing.objects.all(), now())
    assert hour.median == timedelta(0)


def test_hours_of_the_readers_clock(left) -> None:
    left(0, 1)
    hours = lateness_by_hour(Outgoing.objects.all(), now(), MADRID)
    assert len(hours) == 24
    assert [one.lateness.count for one in hours] == [0] * 23 + [1]
    assert hours[-1].begins.tzinfo == MADRID
    assert hours[-1].begins <= now() < hours[-1].begins + timedelta(hours=1)


def test_in_words() -> None:
    given = (None, 0.312, 12, 250, 7500)
    told = [None, "0.31 s", "12 s", "4 min 10 s", "2 h 5 min"]
    assert [format_lateness(None if one is None else one * SECOND) for one in given] == told


def test_the_page_draws_it(cast: Cast, sign_in, left, django_assert_max_num_queries) -> None:
    left(5, 0.31)
    client = sign_in(cast.priya)
    client.get("/o/acme/queue/pace/")
    with django_assert_max_num_queries(7):
        page = client.get("/o/acme/queue/pace/", headers={"HX-Request": "true"}).content.decode()
    assert "0.31 s" in page
    assert "queue-lateness-data" in page
