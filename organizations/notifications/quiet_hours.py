"""Quiet hours and the daily digest on a member's own clock, clock changes included. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(at: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> bool:
    """Whether the wall clock stands between `start` and `end`, which may lie on the next day."""
    if start is None or end is None or start == end:
        return False
    wall = at.astimezone(zone).time()
    return start <= wall < end if start < end else wall >= start or wall < end


def after_quiet_hours(at: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """`at` itself, or the moment in which the quiet hours around it end."""
    if end is None or not is_quiet(at, zone, start, end):
        return at
    return next_clock_time(at, zone, end)


def next_clock_time(after: datetime, zone: ZoneInfo, clock: time) -> datetime:
    """The first moment after `after` when the wall clock shows `clock`; in the hour that is skipped, just after it."""
    today = after.astimezone(zone).date()
    moments = [moment for days in (0, 1) for moment in instants_of_wall_time(today + timedelta(days=days), zone, clock)]
    return min(moment for moment in moments if moment > after)


def instants_of_wall_time(day: date, zone: ZoneInfo, clock: time) -> list[datetime]:
    """Both moments of a wall time that occurs twice; one and the same otherwise."""
    wall = datetime.combine(day, clock)
    found = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    exists = found[0].astimezone(zone).replace(tzinfo=None) == wall
    return found if exists else [found[0]]
