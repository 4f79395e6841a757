"""Figures as the page shows them: tiles, the one chart, the rows behind them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.definitions import BY_KEY, POST_KEYS, Source
from analytics.filters import Filters
from analytics.period import Period
from analytics.queries.overview import Figure, Points
from foundation.texts.numbers import spelt_numbers
from networks.models import RemotePost

NEUTRAL = {"posts_sent", "messages_in"}  # more is neither better nor worse


def tile(figure: Figure, period: Period, profiles: int) -> dict[str, Any]:
    metric = figure.metric
    return {
        "id": metric.key,
        "label": metric.label,
        "value": figure.value,
        "definition": metric.definition,
        "source": figure.source,
        "as_of": figure.as_of,
        "reason": figure.reason,
        "period": spelt(period),
        "unit": coverage(figure, profiles),
        "change": compared(figure),
        "change_good": None if metric.key in NEUTRAL or not figure.change else figure.change > 0,
    }


def coverage(figure: Figure, profiles: int) -> str:
    """Said beside a number that not all of the profiles tell."""
    if figure.known_for is None:
        return ""
    return _("from %(some)s of %(all)s profiles") % spelt_numbers({"some": figure.known_for, "all": profiles})


def compared(figure: Figure) -> str:
    """The change alone; with what it is compared is said once above all tiles."""
    if figure.change is None:
        return _("not known before") if figure.value is not None else ""
    if figure.change == 0:
        return _("no change")
    share = f" ({figure.change / abs(figure.previous):+.0%})" if figure.previous else ""
    return f"{figure.change:+,}{share}"


def comparison(figures: Sequence[Figure], period: Period) -> str:
    if any(figure.change is not None for figure in figures):
        return _("Changes are against %(before)s.") % {"before": spelt(period.before)}
    return _("There is no whole period before to compare with.")


def spelt(period: Period) -> str:
    if period.first == period.last:
        return date_format(period.first, "j M Y")
    return f"{date_format(period.first, 'j M Y')} – {date_format(period.last, 'j M Y')}"


def chart(figure: Figure, period: Period) -> dict[str, Any]:
    """The metric's days, and those before laid under the same dates."""
    series = [{"key": figure.metric.key, "label": spelt(period), "points": figure.points}]
    if figure.comparable and figure.metric.source is not Source.PROFILE:
        shifted: Points = [(now, value) for (now, _), (_, value) in zip(figure.points, figure.earlier, strict=True)]
        series.append({"key": "previous", "label": spelt(period.before), "points": shifted, "dashed": True})
    kind = "bar" if figure.metric.adds_up else "line"
    return {"type": kind, "unit": str(figure.metric.unit), "series": series}


def columns(filters: Filters) -> list[dict[str, Any]]:
    return [{"key": key, "label": BY_KEY[key].label, "sorted": key == filters.order} for key in POST_KEYS]


def rows(posts: Iterable[RemotePost]) -> list[dict[str, Any]]:
    return [row(post) for post in posts]


def row(post: RemotePost) -> dict[str, Any]:
    measurement = getattr(post, "measurement", None)
    known = measurement.known if measurement else {}
    missing = measurement.missing if measurement else {}
    error = measurement.error if measurement else ""
    return {
        "post": post,
        "as_of": measurement and measurement.measured_at,
        "error": error,
        "cells": [
            {"label": BY_KEY[key].label, "value": known.get(key), "why": why(key, missing, error)} for key in POST_KEYS
        ],
    }


def why(key: str, missing: dict[str, str], error: str) -> str:
    return missing.get(key) or error or _("Not measured yet, or not given by this network.")


def chosen(figures: Sequence[Figure], key: str) -> Figure:
    return next(figure for figure in figures if figure.metric.key == key)
