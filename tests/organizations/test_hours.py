"""Business time: pure counting, and the page on which it is set."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.actions.hours import add_holiday
from organizations.configuration.business_hours import (
    Hours,
    add_business_time,
    business_time,
    format_stretches,
    is_open_at,
    parse_stretches,
)
from organizations.models import AuditEntry, Holiday, Organization
from organizations.queries.hours import business_hours_of
from organizations.tenancy import scope

PAGE = "/o/acme/settings/hours/"
MADRID = ZoneInfo("Europe/Madrid")
WEEK = dict.fromkeys(range(5), ((540, 780), (840, 1080)))  # 09:00-13:00, 14:00-18:00
SPLIT = Hours("Europe/Madrid", WEEK, frozenset({date(2026, 11, 24)}))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(23, 9), at(23, 18), 8),  # a Monday with its break
        (at(23, 12), at(23, 15), 2),
        (at(20, 17), at(23, 10), 2),  # over a weekend
        (at(23, 17), at(25, 10), 2),  # over a holiday
        (at(21, 0), at(23, 0), 0),
        (at(23, 18), at(23, 9), 0),
    ],
)
def test_only_time_at_work_counts(start, end, hours):
    assert business_time(SPLIT, start, end) == timedelta(hours=hours)


def test_a_promise_runs_over_breaks_weekends_and_holidays():
    assert add_business_time(SPLIT, at(23, 12, 30), timedelta(hours=1)) == at(23, 14, 30)
    assert add_business_time(SPLIT, at(23, 17, 30), timedelta(hours=1)) == at(25, 9, 30)
    assert add_business_time(SPLIT, at(21, 3), timedelta(0)) == at(23, 9)


def test_an_empty_week_is_round_the_clock_and_holidays_rest():
    hours = Hours("UTC", {}, frozenset({date(2026, 12, 25)}))
    start = datetime(2026, 12, 24, 12, tzinfo=UTC)
    assert business_time(hours, start, start + timedelta(days=2)) == timedelta(days=1)
    assert not is_open_at(hours, datetime(2026, 12, 25, 12, tzinfo=UTC))


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25)])
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(month, day, hours):
    begin = datetime(2026, month, day, tzinfo=MADRID)
    end = datetime(2026, month, day + 1, tzinfo=MADRID)
    assert business_time(Hours("Europe/Madrid"), begin, end) == timedelta(hours=hours)


def test_a_week_of_holidays_never_gives_it():
    days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(5000))
    assert add_business_time(Hours("UTC", {}, days), datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)) is None


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=60)))
def test_what_is_promised_after_is_what_is_counted_until(start, wanted):
    due = add_business_time(SPLIT, start, wanted)
    assert due is not None
    assert business_time(SPLIT, start, due) == wanted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("9:00-13:00, 14:00–18:00", "09:00-13:00, 14:00-18:00"),
        ("14:00-18:00; 09:00 to 13:00", "09:00-13:00, 14:00-18:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("  ", ""),
    ],
)
def test_stretches_are_read_and_written(text, told):
    assert format_stretches(parse_stretches(text)) == told


@pytest.mark.parametrize(
    "text", ["9-17", "17:00-09:00", "09:00-25:00", "09:61-10:00", "09:00-12:00,11:00-13:00", "٠٩:٠٠-١٠:٠٠"]
)
def test_what_is_no_stretch_is_refused(text):
    with pytest.raises(ValueError, match=r"\."):
        parse_stretches(text)


def test_an_admin_sets_the_week(cast, sign_in, in_acme):
    client = sign_in(cast.olive)
    for _ in range(2):
        client.post(PAGE + "week/", {"monday": "9:00-13:00, 14:00-18:00", "sunday": ""})
    assert business_hours_of(cast.acme).week == {0: ((540, 780), (840, 1080))}
    entry = AuditEntry.objects.get(verb="organization.hours_changed")
    assert entry.change == {"monday": ["", "09:00-13:00, 14:00-18:00"]}
    assert "09:00-13:00, 14:00-18:00" in client.get(PAGE).content.decode()


def test_what_is_wrong_stands_beside_its_day(cast, sign_in, in_acme):
    answer = sign_in(cast.olive).post(PAGE + "week/", {"monday": "09:00-17:00", "tuesday": "late"})
    assert answer.status_code == 422
    assert 'value="late"' in answer.content.decode()
    assert business_hours_of(cast.acme).week == {}


def test_holidays_come_once_and_go(cast, sign_in, in_acme):
    client = sign_in(cast.olive)
    client.post(PAGE + "holidays/", {"day": "2026-12-25", "name": "Christmas"})
    assert client.post(PAGE + "holidays/", {"day": "2026-12-25", "name": "Again"}).status_code == 422
    assert client.post(PAGE + "holidays/", {"day": "0001-01-01", "name": "Long ago"}).status_code == 422
    holiday = Holiday.objects.get()
    assert client.post(f"{PAGE}holidays/{holiday.pk}/remove/").status_code == 302
    assert client.post(f"{PAGE}holidays/{holiday.pk}/remove/").status_code == 404


def test_nobody_removes_the_holidays_of_others(cast, sign_in):
    with scope(cast.acme):
        holiday = add_holiday(cast.olive, Organization.objects.get(slug="acme"), day=date(2026, 12, 25), name="Rest")
    assert sign_in(cast.mallory).post(f"/o/globex/settings/hours/holidays/{holiday.pk}/remove/").status_code == 404


def test_hours_are_for_admins(cast, sign_in):
    assert sign_in(cast.lena).get(PAGE).status_code == 403
