"""Planned times: an instant, and the wall clock of a named zone that a person meant by it. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from foundation.errors import Invalid

GRACE = timedelta(minutes=1)  # "now" as typed is already past when it arrives
FURTHEST = timedelta(days=2 * 365)


def parse_time_zone(name: str) -> ZoneInfo:
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


def instant_of_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the wall clock of `zone` shows that; where it never does (clocks go forward), just after the gap."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def wall_time(at: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows at `at`, kept as if it were UTC."""
    return at.astimezone(zone).replace(tzinfo=UTC)


def typed_wall_time(at: datetime, zone: ZoneInfo, *walls: datetime | None) -> datetime:
    """The first of `walls` that `at` came out of, be it one that the clock skips; else what the clock shows at `at`."""
    return next((one for one in walls if one and instant_of_wall(one, zone) == at), wall_time(at, zone))


def instant_of_wall(planned_wall: datetime, zone: ZoneInfo) -> datetime:
    return instant_of_clock(planned_wall.date(), planned_wall.time(), zone)


def unchanged_time(at: datetime | None, day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """`at`, where a form that showed it to the minute comes back the same: second, and which of two hours, stay."""
    shown = at and wall_time(at, zone)
    same = shown and (shown.date(), shown.time().replace(second=0, microsecond=0)) == (day, clock)
    return at if same else None


def describe_dst_effect(at: datetime, planned_wall: datetime, zone_name: str) -> str:
    """What the clock makes of a planned time on that day, for people; empty where nothing is odd."""
    zone = parse_time_zone(zone_name)
    shown = wall_time(at, zone)
    words = {"clock": f"{planned_wall:%H:%M}", "shown": f"{shown:%H:%M}", "zone": zone_name}
    if shown != planned_wall:
        return (
            _("%(clock)s does not exist on that day in %(zone)s, for the clocks go forward: it is %(shown)s.") % words
        )
    local = at.astimezone(zone)
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return ""
    if local.fold:
        return _("%(clock)s comes twice on that day in %(zone)s, for the clocks go back: it is the second.") % words
    return _("%(clock)s comes twice on that day in %(zone)s, for the clocks go back: it is the first.") % words


def same_clock_on_day(
    planned_at: datetime, planned_wall: datetime, planned_zone: str, *, to: date, seen_in: ZoneInfo
) -> tuple[datetime, datetime]:
    """The same wall time on another day, as the instant and the wall time that is meant by it.

    `to` is the day as the mover's calendar, in `seen_in`, shows it.
    """
    days = to - planned_at.astimezone(seen_in).date()
    if not days:
        return planned_at, planned_wall
    try:
        return instant_of_wall(planned_wall + days, parse_time_zone(planned_zone)), planned_wall + days
    except OverflowError:
        raise Invalid({"day": [_("Choose a day in the next two years.")]}) from None
