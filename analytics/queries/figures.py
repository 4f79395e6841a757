"""The numbers of a period beside those of the period before, in a handful of queries however much there is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, QuerySet, Sum
from django.utils.timezone import now as clock

from analytics.definitions import METRICS, SOURCE_LABELS, Metric, Source
from analytics.derive import day_of
from analytics.models import Rollup
from analytics.period import Period
from analytics.queries.number_reasons import MissingReasons
from networks.models import Profile

Points = list[tuple[date, int | None]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of the period. `value` None is not known, and `reason` says why."""

    metric: Metric
    value: int | None
    previous: int | None
    as_of: datetime | None
    reason: str | None
    comparable: bool  # numbers were kept during the whole period before
    known_for: int | None  # how many of the profiles the value is about; None where that is all of them
    points: Points
    earlier: Points  # of the period before

    @property
    def source(self) -> str:
        return str(SOURCE_LABELS[self.metric.source])

    @property
    def change(self) -> int | None:
        if not self.comparable or self.value is None or self.previous is None:
            return None
        return self.value - self.previous


@dataclass(frozen=True, slots=True)
class DailyNumbers:
    """What the rollups of both periods say."""

    sums: dict[tuple[str, date], int]
    as_of: dict[str, datetime]
    profiles: dict[str, int]  # how many profiles know a metric
    began: date | None  # since when numbers are kept
    today: date
    at: datetime
    standing: dict[str, dict[date, int]] = field(default_factory=dict)


def list_figures(profiles: Sequence[Profile], period: Period, *, zone: ZoneInfo) -> list[Figure]:
    """Every metric of `profiles` (already narrowed to what the reader may analyse), in the order of the definitions."""
    days = fetch_daily_numbers(profiles, period, zone)
    reasons = MissingReasons.of(profiles)
    return [build_figure(metric, days, period, reasons, len(profiles)) for metric in METRICS]


def fetch_daily_numbers(profiles: Sequence[Profile], period: Period, zone: ZoneInfo) -> DailyNumbers:
    at = clock()
    ids = [profile.pk for profile in profiles]
    both = Rollup.objects.filter(profile__in=ids, day__gte=period.before.first, day__lte=period.last)
    added = both.exclude(metric__in=[metric.key for metric in METRICS if not metric.adds_up])
    sums = added.values_list("metric", "day").annotate(total=Sum("value")).order_by()
    current = both.filter(day__gte=period.first).values_list("metric").order_by()
    facts = list(current.annotate(as_of=Max("as_of"), profiles=Count("profile", distinct=True)))
    return DailyNumbers(
        sums={(metric, day): total for metric, day, total in sums},
        as_of={metric: as_of for metric, as_of, _ in facts},
        profiles={metric: count for metric, _, count in facts},
        began=first_known_day(profiles, ids, zone),
        today=day_of(at, zone),
        at=at,
        standing={metric.key: sum_last_values(both, metric.key, period) for metric in METRICS if not metric.adds_up},
    )


def first_known_day(profiles: Sequence[Profile], ids: list[int], zone: ZoneInfo) -> date | None:
    """The first day of which anything is known; index rollup_of_days."""
    first = Rollup.objects.filter(profile__in=ids).order_by("day").values_list("day", flat=True)[:1]
    connected = [day_of(profile.created_at, zone) for profile in profiles]
    return min([*first, *connected], default=None)


def sum_last_values(rows: QuerySet[Rollup], metric: str, period: Period) -> dict[date, int]:
    """Sums over the profiles of the last value known by each day: a profile that was not asked keeps what it had."""
    by_day: dict[date, list[tuple[int, int]]] = {}
    for profile_id, day, value in rows.filter(metric=metric).values_list("profile_id", "day", "value"):
        by_day.setdefault(day, []).append((profile_id, value))
    last: dict[int, int] = {}
    found: dict[date, int] = {}
    for day in Period(period.before.first, period.last).days():
        last.update(by_day.get(day, ()))
        if last:
            found[day] = sum(last.values())
    return found


def build_figure(metric: Metric, days: DailyNumbers, period: Period, reasons: MissingReasons, profiles: int) -> Figure:
    points = [(day, value_on_day(metric, day, days)) for day in period.days()]
    earlier = [(day, value_on_day(metric, day, days)) for day in period.before.days()]
    value = period_total(metric, points)
    known_for = days.profiles.get(metric.key, 0)
    partial = metric.source is not Source.OWN and value is not None and known_for < profiles
    return Figure(
        metric=metric,
        value=value,
        previous=period_total(metric, earlier),
        as_of=days.at if metric.source is Source.OWN and profiles else days.as_of.get(metric.key),
        reason=reasons.why(metric, others_known=bool(days.profiles)) if value is None else None,
        comparable=days.began is not None and days.began <= period.before.first,
        known_for=known_for if partial else None,
        points=points,
        earlier=earlier,
    )


def value_on_day(metric: Metric, day: date, days: DailyNumbers) -> int | None:
    if days.began is None or not days.began <= day <= days.today:
        return None
    if metric.source is Source.PROFILE:
        return days.standing[metric.key].get(day)
    nothing = 0 if metric.source is Source.OWN else None
    return days.sums.get((metric.key, day), nothing)


def period_total(metric: Metric, points: Points) -> int | None:
    known = [value for _, value in points if value is not None]
    if not known:
        return None
    return sum(known) if metric.adds_up else known[-1]
