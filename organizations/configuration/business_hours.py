"""Business time: the one clock that promises, reports and exports count with. Pure.

A week without a single stretch means round the clock. Holidays rest in any case. Stretches are wall times of the zone,
so a day on which the clock changes is an hour shorter or longer, as it is for the people at work.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
ROUND_THE_CLOCK = ((0, DAY_MINUTES),)
LOOKAHEAD_DAYS = 3700  # days; ten years of nothing but holidays are nobody's week
STRETCH = re.compile(r"\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*", re.ASCII)

Stretch = tuple[int, int]  # minutes since midnight: opens, closes
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """`week` maps a weekday (Monday is 0) to its stretches, in order and without overlap."""

    zone: str
    week: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def stretches(self, day: date) -> tuple[Stretch, ...]:
        if day in self.holidays:
            return ()
        return self.week.get(day.weekday(), ()) if any(self.week.values()) else ROUND_THE_CLOCK


def is_open_at(hours: Hours, at: datetime) -> bool:
    day = at.astimezone(ZoneInfo(hours.zone)).date()
    return any(opens <= at < closes for opens, closes in open_spans(hours, day))


def business_time(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` the organization was at work; nothing when `end` is not later."""
    zone, total = ZoneInfo(hours.zone), timedelta(0)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in open_spans(hours, day):
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total


def add_business_time(hours: Hours, start: datetime, duration: timedelta) -> datetime | None:
    """The moment at which `duration` business time has passed since `start`; None when the week never gives it."""
    left = duration
    for opens, closes in open_spans_from(hours, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def open_spans_from(hours: Hours, start: datetime) -> Iterator[Span]:
    day = start.astimezone(ZoneInfo(hours.zone)).date()
    for ahead in range(LOOKAHEAD_DAYS):
        for opens, closes in open_spans(hours, day + timedelta(days=ahead)):
            if closes > start:
                yield max(opens, start), closes


def open_spans(hours: Hours, day: date) -> Iterator[Span]:
    """The day's stretches as instants, in UTC: only there is a difference of two times what a clock measured."""
    for opens, closes in hours.stretches(day):
        begin, end = wall_time_to_utc(hours.zone, day, opens), wall_time_to_utc(hours.zone, day, closes)
        if begin < end:  # a stretch that lies within the hour that a clock leaves out is none
            yield begin, end


def wall_time_to_utc(zone: str, day: date, minute: int) -> datetime:
    whole, rest = divmod(minute, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=whole), time(*divmod(rest, 60)), ZoneInfo(zone))
    return wall.astimezone(UTC)


def parse_stretches(text: str) -> tuple[Stretch, ...]:
    """Reads "09:00-13:00, 14:00-18:00", in order. Raises ValueError with a sentence about what is wrong."""
    found = sorted(parse_stretch(part) for part in re.split(r"[,;]", text) if part.strip())
    for (_, before), (begins, _) in itertools.pairwise(found):
        if begins < before:
            raise ValueError("Two of these overlap.")
    return tuple(found)


def parse_stretch(text: str) -> Stretch:
    match = STRETCH.fullmatch(text)
    if match is None:
        raise ValueError("Write stretches such as 09:00-13:00, 14:00-18:00.")
    numbers = [int(part) for part in match.groups()]
    opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if numbers[1] > 59 or numbers[3] > 59 or closes > DAY_MINUTES:
        raise ValueError("A day goes from 00:00 to 24:00.")
    if opens >= closes:
        raise ValueError("A stretch ends after it begins; work over midnight belongs to two days.")
    return opens, closes


def format_stretches(stretches: tuple[Stretch, ...]) -> str:
    """The inverse of `parse_stretches`."""
    return ", ".join(f"{format_clock(opens)}-{format_clock(closes)}" for opens, closes in stretches)


def format_clock(minute: int) -> str:
    return "{:02d}:{:02d}".format(*divmod(minute, 60))
