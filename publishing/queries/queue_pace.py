"""Lateness and throughput as tiles and charts show them. Pure."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from networks.queries.lateness import HourLateness, Lateness


def lateness_tiles(hour: Lateness, day: Lateness, as_of: datetime) -> list[dict[str, Any]]:
    """Median, 95th and worst of the last hour, each beside the day's; null where nothing left."""
    rows = (
        (
            "median",
            _("Usually late by"),
            _("Of all that left, half was not later than this."),
            hour.median,
            day.median,
        ),
        (
            "most",
            _("Nearly all within"),
            _("Of all that left, 95 of 100 were not later than this."),
            hour.most,
            day.most,
        ),
        ("worst", _("The longest delay"), _("What left latest."), hour.worst, day.worst),
    )
    made = [
        lateness_tile(key, label, definition, format_lateness(now), format_lateness(before), as_of)
        for key, label, definition, now, before in rows
    ]
    sent = _("What the network took, or somebody found there.")
    return [*made, lateness_tile("sent", _("Sent"), sent, hour.count, day.count, as_of)]


def lateness_tile(key: str, label: str, definition: str, hour: Any, day: Any, as_of: datetime) -> dict[str, Any]:
    measured = _("Counted from the planned time until the network had it.")
    return {
        "id": f"pace-{key}",
        "label": label,
        "value": hour,
        "period": _("the last hour"),
        "definition": f"{definition} {measured}" if key != "sent" else definition,
        "source": _("Our own ledger"),
        "as_of": as_of,
        "reason": _("Nothing left within the hour. Last 24 hours: %s") % (day or "—"),
        "change": _("last 24 hours: %s") % (day if day is not None else "—"),
    }


def format_lateness(lasted: timedelta | None) -> str | None:
    """0.31 s; 12 s; 4 min 10 s; 2 h 5 min."""
    if lasted is None:
        return None
    seconds = lasted.total_seconds()
    if seconds < 10:
        return _("%s s") % f"{seconds:.2f}"
    whole = round(seconds)
    if whole < 60:
        return _("%d s") % whole
    if whole < 3600:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": whole // 60, "seconds": whole % 60}
    return _("%(hours)d h %(minutes)d min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


def lateness_charts(hours: list[HourLateness]) -> dict[str, dict[str, Any]]:
    """Both over the last 24 hours of the clock. An hour in which nothing left has no lateness, and a count of 0."""
    return {
        "lateness": {
            "type": "line",
            "unit": _("s"),
            "from_zero": True,
            "series": [
                lateness_series("median", _("Usually late by"), [(one, one.lateness.median) for one in hours]),
                lateness_series("most", _("Nearly all within"), [(one, one.lateness.most) for one in hours]),
            ],
        },
        "throughput": {
            "type": "bar",
            "unit": "",
            "series": [lateness_series("sent", _("Sent"), [(one, one.lateness.count) for one in hours])],
        },
    }


def lateness_series(key: str, label: str, points: list[tuple[HourLateness, timedelta | int | None]]) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "points": [(f"{one.begins:%Y-%m-%d %H:%M}", chart_value(value)) for one, value in points],
    }


def chart_value(value: timedelta | int | None) -> float | int | None:
    return round(value.total_seconds(), 2) if isinstance(value, timedelta) else value
