"""What a clock in a named zone shows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

register = template.Library()


@register.simple_tag
def localclock(at: datetime | None, zone: str, form: str = "short") -> str:
    """14:05; 14:05:09.4 when `form` is "exact"; 2026-11-23 when it is "day"."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if form == "exact":
        return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
    return f"{local:%Y-%m-%d}" if form == "day" else f"{local:%H:%M}"
