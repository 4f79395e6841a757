"""Moments as programs write them, and as people read them where the zone matters."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date


def parse_moment(value: object) -> datetime | None:
    """An RFC 3339 text (without a zone: UTC) or seconds since 1970, as an aware time; None for anything else."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def format_planned_time(at: datetime, zone: str) -> str:
    """Mon 23 Nov, 09:00 Europe/Madrid"""
    return f"{format_date(at.astimezone(ZoneInfo(zone)), 'D j M, H:i')} {zone}"
