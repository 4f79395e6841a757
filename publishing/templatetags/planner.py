"""What a clock in a named zone shows, and how many files there are."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.dateformat import format as format_date

from publishing.limits import format_bytes
from publishing.media.file_kinds import format_file_counts
from publishing.models import Revision

register = template.Library()
register.filter("in_bytes", format_bytes)


@register.filter
def files_of(revision: Revision) -> str:
    """2 pictures: all that goes with a revision whose attachments are prefetched."""
    return format_file_counts(attachment.asset.kind for attachment in revision.attachments.all())


@register.filter
def files_in(draft: dict[str, Any]) -> str:
    """The same of a frozen draft."""
    return format_file_counts(one["kind"] for one in draft.get("media", ()))


@register.simple_tag
def localclock(at: datetime | None, zone: str, form: str = "short") -> str:
    """14:05; as "exact" 14:05:09.4, as "milliseconds" 14:05:09.412; as "day" 2026-11-23, as "weekday" Mon 23 Nov."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if form == "exact":
        return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
    if form == "milliseconds":
        return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
    if form == "weekday":
        return format_date(local, "D j M")
    return f"{local:%Y-%m-%d}" if form == "day" else f"{local:%H:%M}"
