"""Figures as the page shows them: tiles, the one chart, the rows behind them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.definitions import METRIC_BY_KEY, POST_KEYS, Source
from analytics.period import Period
from analytics.queries.figures import Figure, Points
from analytics.report_filters import ReportFilters
from foundation.texts.number_format import format_numbers
from networks.models import RemotePost

NEUTRAL_METRICS = {"posts_sent", "messages_in"}  # more is neither better nor worse


def build_tile(figure: Figure, period: Period, profiles: int) -> dict[str, Any]:
    metric = figure.metric
    return {
        "id": metric.key,
        "label": metric.label,
        "value": figure.value,
        "definition": metric.definition,
        "source": figure.source,
        "as_of": figure.as_of,
        "reason": figure.reason,
        "period": format_period(period),
        "unit": coverage_note(figure, profiles),
        "change": format_change(figure),
        "change_good": None if metric.key in NEUTRAL_METRICS or not figure.change else figure.change > 0,
    }


def coverage_note(figure: Figure, profiles: int) -> str:
    """Said beside a number that not all of the profiles tell."""
    if figure.known_for is None:
        return ""
    return _("from %(some)s of %(all)s profiles") % format_numbers({"some": figure.known_for, "all": profiles})


def format_change(figure: Figure) -> str:
    """The change alone; with what it is compared is said once above all tiles."""
    if figure.change is None:
        return _("not known before") if figure.value is not None else ""
    if figure.change == 0:
        return _("no change")
    share = f" ({figure.change / abs(figure.previous):+.0%})" if figure.previous else ""
    return f"{figure.change:+,}{share}"


def comparison_note(figures: Sequence[Figure], period: Period) -> str:
    if any(figure.change is not None for figure in figures):
        return _("Changes are against %(before)s.") % {"before": format_period(period.before)}
    return _("There is no whole period before to compare with.")


def format_period(period: Period) -> str:
    if period.first == period.last:
        return date_format(period.first, "j M Y")
    return f"{date_format(period.first, 'j M Y')} – {date_format(period.last, 'j M Y')}"


def build_chart(figure: Figure, period: Period) -> dict[str, Any]:
    """The metric's days, and those before laid under the same dates."""
    series: list[dict[str, Any]] = [{"key": figure.metric.key, "label": format_period(period), "points": figure.points}]
    if figure.comparable and figure.metric.source is not Source.PROFILE:
        shifted: Points = [(now, value) for (now, _), (_, value) in zip(figure.points, figure.earlier, strict=True)]
        series.append({"key": "previous", "label": format_period(period.before), "points": shifted, "dashed": True})
    kind = "bar" if figure.metric.adds_up else "line"
    return {"type": kind, "unit": str(figure.metric.unit), "series": series}


def metric_columns(filters: ReportFilters) -> list[dict[str, Any]]:
    return [{"key": key, "label": METRIC_BY_KEY[key].label, "sorted": key == filters.order} for key in POST_KEYS]


def post_number_rows(posts: Iterable[RemotePost]) -> list[dict[str, Any]]:
    return [post_number_row(post) for post in posts]


def post_number_row(post: RemotePost) -> dict[str, Any]:
    measurement = getattr(post, "measurement", None)
    known = measurement.known if measurement else {}
    missing = measurement.missing if measurement else {}
    error = measurement.error if measurement else ""
    return {
        "post": post,
        "as_of": measurement and measurement.measured_at,
        "error": error,
        "cells": [
            {"label": METRIC_BY_KEY[key].label, "value": known.get(key), "why": missing_reason(key, missing, error)}
            for key in POST_KEYS
        ],
    }


def missing_reason(key: str, missing: dict[str, str], error: str) -> str:
    return missing.get(key) or error or _("Not measured yet, or not given by this network.")


def find_figure(figures: Sequence[Figure], key: str) -> Figure:
    return next(figure for figure in figures if figure.metric.key == key)
