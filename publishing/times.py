"""Planned times: an instant, and the wall clock of a named zone that a person meant by it. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from socialops.lib.errors import Invalid

GRACE = timedelta(minutes=1)  # "now" as typed is already past when it arrives
FURTHEST = timedelta(days=2 * 365)


def zone_of(name: str) -> ZoneInfo:
    """Raises Invalid (time_zone) for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid({"time_zone": [_("There is no time zone of that name.")]}) from None


def checked_due(at: datetime, now: datetime) -> datetime:
    """`at` in UTC. Raises Invalid (scheduled_at) for times without a zone, past ones and far ones."""
    if at.utcoffset() is None:
        wrong = _("Name the time zone, as in 2030-01-31T09:00:00+01:00.")
    elif at < now - GRACE:
        wrong = _("That time has passed. Choose one that is still to come.")
    elif at > now + FURTHEST:
        wrong = _("That is more than two years ahead.")
    else:
        return at.astimezone(UTC)
    raise Invalid({"scheduled_at": [wrong]})


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the wall clock of `zone` shows that; where it never does (clocks go forward), just after the gap."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows at `at`, kept as if it were UTC."""
    return at.astimezone(zone).replace(tzinfo=UTC)


def moved(planned_at: datetime, planned_wall: datetime, planned_zone: str, *, to: date, seen_in: ZoneInfo) -> datetime:
    """The same wall time on another day: `to` is the day as the mover's calendar, in `seen_in`, shows it."""
    days = to - planned_at.astimezone(seen_in).date()
    try:
        meant = planned_wall + days
        return instant(meant.date(), meant.time(), zone_of(planned_zone))
    except OverflowError:
        raise Invalid({"day": [_("Choose a day in the next two years.")]}) from None
