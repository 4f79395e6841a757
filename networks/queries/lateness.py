"""How late things left: from the planned time until the network had it. Computed from the rows of the last day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, F, Max, Q, QuerySet, Value
from django.db.models.functions import Greatest, TruncHour

from networks.models import Outgoing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A network's own time may be a moment before ours: its clock, or whole seconds.
LATENESS = Greatest(F("sent_at") - F("planned_at"), Value(timedelta(0)), output_field=DurationField())


class Percentile(Aggregate):
    """PostgreSQL's continuous percentile; nothing where there are no rows."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=float(share), **extra)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of what left in one period; None where nothing left."""

    count: int
    median: timedelta | None
    most: timedelta | None  # 95 of 100 were not later
    worst: timedelta | None


@dataclass(frozen=True, slots=True)
class HourLateness:
    """One hour, by the clock in the reader's zone."""

    begins: datetime
    lateness: Lateness


def rows_sent_since(rows: QuerySet[Outgoing, Any], since: datetime) -> QuerySet[Outgoing, Any]:
    """Index outgoing_sent_at, which holds all that is asked here."""
    return rows.filter(state="sent", sent_at__gte=since)


def lateness_aggregates(name: str, inside: Q | None = None) -> dict[str, Aggregate]:
    return {
        f"{name}_count": Count("pk", filter=inside),
        f"{name}_median": Percentile(LATENESS, 0.5, filter=inside),
        f"{name}_most": Percentile(LATENESS, 0.95, filter=inside),
        f"{name}_worst": Max(LATENESS, filter=inside),
    }


def build_lateness(found: Mapping[str, Any], name: str) -> Lateness:
    return Lateness(*(found[f"{name}_{part}"] for part in ("count", "median", "most", "worst")))


def recent_lateness(rows: QuerySet[Outgoing, Any], now: datetime) -> tuple[Lateness, Lateness]:
    """Of the last hour and of the last day, in one query."""
    asked = lateness_aggregates("day") | lateness_aggregates("hour", Q(sent_at__gte=now - HOUR))
    found = rows_sent_since(rows, now - DAY).aggregate(**asked)
    return build_lateness(found, "hour"), build_lateness(found, "day")


def lateness_by_hour(rows: QuerySet[Outgoing, Any], now: datetime, zone: ZoneInfo) -> list[HourLateness]:
    """The last 24 hours of the clock, oldest first, those in which nothing left too."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - HOUR * back for back in range(23, -1, -1)]
    sums = rows_sent_since(rows, hours[0]).annotate(hour=TruncHour("sent_at", tzinfo=ZoneInfo("UTC"))).values("hour")
    found = {row["hour"]: build_lateness(row, "in") for row in sums.annotate(**lateness_aggregates("in")).order_by()}
    nothing = Lateness(0, None, None, None)
    return [HourLateness(hour.astimezone(zone), found.get(hour, nothing)) for hour in hours]
