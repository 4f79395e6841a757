"""What the page was asked for. Nonsense is named beside its field, and the usual stands in for it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict

from analytics.definitions import METRIC_BY_KEY, METRICS
from analytics.period import USUAL_DAYS, Period, last_days, last_month, parse_period
from analytics.queries.post_numbers import NEWEST_ORDER, POST_ORDERS
from foundation.errors import Invalid
from foundation.texts.ids import parse_id, parse_ids

PERIOD_PRESETS = (7, 30, 90)
LAST_MONTH = "month"  # beside numbers of days
FIRST_ROWS, MOST_ROWS = 10, 100


@dataclass(frozen=True, slots=True)
class ReportFilters:
    period: Period
    preset: int | str | None  # days until today, or LAST_MONTH, where that is what was chosen
    metric: str
    order: str
    rows: int
    profiles: Sequence[str]
    team: str
    typed: dict[str, str]  # from and to as they were typed
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def profile_ids(self) -> set[int]:
        return set(parse_ids(self.profiles))

    @property
    def team_id(self) -> int | None:
        return parse_id(self.team)


def parse_report_filters(asked: QueryDict, today: date) -> ReportFilters:
    errors: dict[str, list[str]] = {}
    first, last = asked.get("from", ""), asked.get("to", "")
    preset: int | str | None
    period, preset = parse_preset(asked.get("days", ""), today)
    if first or last:
        try:
            period = parse_period(first, last, today)
            preset = next(
                (one for one in (*PERIOD_PRESETS, LAST_MONTH) if period == parse_preset(str(one), today)[0]), None
            )
        except Invalid as wrong:
            errors = wrong.fields
    return ReportFilters(
        period=period,
        preset=preset,
        metric=known_or_default(asked.get("metric", ""), METRIC_BY_KEY, METRICS[0].key),
        order=known_or_default(asked.get("order", ""), POST_ORDERS, NEWEST_ORDER),
        rows=MOST_ROWS if asked.get("rows") == str(MOST_ROWS) else FIRST_ROWS,
        profiles=[pk for pk in asked.getlist("profile") if pk],
        team=asked.get("team", ""),
        typed={"from": first, "to": last} if errors else {"from": str(period.first), "to": str(period.last)},
        errors=errors,
    )


def parse_preset(text: str, today: date) -> tuple[Period, int | str]:
    if text == LAST_MONTH:
        return last_month(today), LAST_MONTH
    days = int(text) if text in {str(days) for days in PERIOD_PRESETS} else USUAL_DAYS
    return last_days(days, today), days


def known_or_default(text: str, known: Container[str], otherwise: str) -> str:
    return text if text in known else otherwise
