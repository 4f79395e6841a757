"""From numbers at instants to changes by day. Pure.

A network's counter only says how much there is so far. The change of a day is the sum of the differences between
one known value and the next; the first known value counts from 0. A number that is missing changes nothing, and the
difference is made up when it is known again. A counter that falls (a like withdrawn) makes a negative change, so
that the days always add up to what the network says last.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from analytics.definitions import POST_KEYS

MetricValues = Mapping[str, int | None]


def known_values(values: MetricValues, keys: Iterable[str]) -> dict[str, int]:
    """The numbers among `keys` that are really there."""
    return {key: value for key in keys if (value := values.get(key)) is not None}


def value_increases(before: MetricValues, after: MetricValues) -> dict[str, int]:
    """How much each number known `after` grew since the last one known `before`; 0 is a real "nothing new"."""
    return {key: value - (before.get(key) or 0) for key, value in known_values(after, POST_KEYS).items()}


def changes_by_day(snapshots: Iterable[tuple[datetime, MetricValues]], zone: ZoneInfo) -> Counter[tuple[date, str]]:
    """What the snapshots of one post add to each (day, metric): the whole sum that is otherwise kept step by step."""
    total: Counter[tuple[date, str]] = Counter()
    last: dict[str, int] = {}
    for as_of, values in sorted(snapshots, key=lambda pair: pair[0]):
        for key, grown in value_increases(last, values).items():
            total[day_of(as_of, zone), key] += grown
        last |= known_values(values, POST_KEYS)
    return total


def day_of(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def day_bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of the days from `first` to `last` on the zone's clock (23 to 25 hours each)."""
    return local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone)


def local_midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
