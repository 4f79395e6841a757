"""The days that a report is about, and those before them that it is compared with. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from foundation.errors import Invalid

USUAL_DAYS = 30
MOST_DAYS = 731  # two years, one of them a leap year
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, directly before."""
        return Period(self.first - self.length * ONE_DAY, self.first - ONE_DAY)

    def days(self) -> Iterator[date]:
        return (self.first + number * ONE_DAY for number in range(self.length))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def last_days(count: int, today: date) -> Period:
    return Period(today - (count - 1) * ONE_DAY, today)


def last_month(today: date) -> Period:
    """The calendar month before the one of `today`."""
    end = today.replace(day=1) - ONE_DAY
    return Period(end.replace(day=1), end)


def parse_period(first: str, last: str, today: date) -> Period:
    """Two ISO dates, either may be left out. Raises Invalid (from, to)."""
    wrong: dict[str, list[str]] = {}
    end = parse_day("to", last, wrong) or today
    begin = parse_day("from", first, wrong) or usual_first_day(end)
    if wrong:
        raise Invalid(wrong)
    if begin > end:
        raise Invalid({"from": [_("The first day must not be after the last.")]})
    if (end - begin).days >= MOST_DAYS:
        raise Invalid({"from": [_("Choose at most two years.")]})
    if begin.toordinal() <= MOST_DAYS or end.toordinal() + MOST_DAYS > date.max.toordinal():
        raise Invalid({"from": [_("Choose days of our time.")]})
    return Period(begin, end)


def usual_first_day(end: date) -> date:
    return date.fromordinal(max(end.toordinal() - USUAL_DAYS + 1, 1))


def parse_day(field: str, text: str, wrong: dict[str, list[str]]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[field] = [_("Give a day as YYYY-MM-DD.")]
        return None
