"""Moments as programs write them, and as people read them where the zone matters."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date


def parse_moment(value: object) -> datetime | None:
    """An RFC 3339 text (without a zone: UTC) or seconds since 1970, as an aware time; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    found = parse_iso(value)
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found


def parse_zoned_moment(value: object) -> datetime | None:
    """An ISO 8601 text that names its zone; None for anything else, one without a zone too."""
    found = parse_iso(value)
    return found if found and found.tzinfo else None


def parse_iso(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def format_planned_time(at: datetime, zone: str) -> str:
    """Mon 23 Nov, 09:00 Europe/Madrid"""
    return f"{format_date(at.astimezone(ZoneInfo(zone)), 'D j M, H:i')} {zone}"
