"""What the page of numbers shows, as CSV: day by day, and the posts behind it. What is not known is left empty."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from analytics.definitions import METRIC_BY_KEY, POST_KEYS
from analytics.queries.figures import Figure
from foundation.texts.csv_lines import escape_formula, format_csv_line
from networks.models import RemotePost
from networks.registry import adapter_class


def days_as_csv(figures: Sequence[Figure]) -> Iterator[str]:
    """A line for each day of the period; the definitions stand in the columns' names only by their words."""
    yield format_csv_line([_("Day"), *(escape_formula(str(one.metric.label)) for one in figures)])
    for row in zip(*(one.points for one in figures), strict=True):
        yield format_csv_line([row[0][0].isoformat(), *(format_cell(value) for _day, value in row)])


def posts_as_csv(rows: Iterable[RemotePost]) -> Iterator[str]:
    """A line for each post, with when its numbers are from, and why they are missing."""
    labels = [str(METRIC_BY_KEY[key].label) for key in POST_KEYS]
    head = [_("Published"), _("Network"), _("Profile"), _("Handle"), _("Text"), _("Address")]
    yield format_csv_line([*head, *labels, _("As of"), _("Not known because")])
    for post in rows:
        measured = getattr(post, "measurement", None)
        known, missing = (measured.known, measured.missing) if measured else ({}, {})
        at = measured.measured_at if measured else None
        texts = [adapter_class(post.profile.network).label, post.profile.name, post.profile.handle, post.text]
        why = "; ".join(dict.fromkeys([*missing.values(), *([measured.error] if measured and measured.error else [])]))
        numbers = [format_cell(known.get(key)) for key in POST_KEYS]
        words = [escape_formula(text) for text in (*texts, post.permalink)]
        yield format_csv_line(
            [post.published_at.isoformat(), *words, *numbers, at.isoformat() if at else "", escape_formula(why)]
        )


def format_cell(value: int | None) -> Any:
    return "" if value is None else value
