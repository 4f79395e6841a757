"""`/metrics`: the state of the outbox and of what works it, for Prometheus. No label holds anything of a tenant's.

Text format 0.0.4. What is counted is alive now or left within the last minutes, so that it costs the same however long
the history is.
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address

import redis
from django.conf import settings
from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from foundation.processes import heartbeat, realtime
from networks.models import Circuit, Cursor, Outgoing, Profile, WebhookReceipt
from networks.queries.lateness import LATENESS, rows_sent_since
from networks.queries.queue import QUEUE_PLACES, overdue_rows, queued_rows
from networks.readiness import HOLDS
from networks.registry import adapter_classes
from organizations.models import Organization
from socialops.celery import app

LATENESS_WINDOW = timedelta(minutes=5)
LATENESS_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
PROCESS_HEARTBEATS = {"beat": "beat", "worker": "worker", "dispatcher": "tick"}  # label: name of the heartbeat
NO_DELAY = timedelta(0)


class OutboxCollector(Collector):
    """What `/metrics` shows, read from the database and Redis when it is asked for. It counts nothing by itself."""

    def collect(self) -> Iterator[Metric]:
        at = now()
        yield from outbox_gauges(at)
        yield from lateness_gauges(at)
        yield from connection_gauges(at)
        yield from background_gauges()


@require_safe
@never_cache
def show_metrics(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN as a bearer; where none is set, only to this machine itself."""
    if not may_read_metrics(request):
        refused = HttpResponse("METRICS_TOKEN as a bearer token is needed.\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(generate_latest(OutboxCollector()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False  # a proxy beside us asks for somebody else
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def build_gauge(name: str, about: str, samples: Iterable[tuple[dict[str, str], float]]) -> Metric:
    """One family: its samples are (labels, value)."""
    family = GaugeMetricFamily(f"socialops_{name}", about)
    for labels, value in samples:
        family.add_sample(family.name, labels, value)
    return family


def outbox_gauges(at: datetime) -> Iterator[Metric]:
    """Everything alive in one query, through the index outgoing_queue; what is overdue in another."""
    # unscoped, here and below: the operator's numbers are of all organizations together
    organizations = list(Organization.objects.values_list("pk", flat=True))
    rows = queued_rows(Outgoing.unscoped.filter(organization__in=organizations), at, ahead=NO_DELAY)
    asked = rows.order_by().values_list("profile__network", "place", "hold", "state", "needs_person")  # type: ignore[misc]  # queued_rows places them
    found = list(asked.annotate(count=Count("pk")))
    places = [(one.network, place) for one in adapter_classes() for place in QUEUE_PLACES]
    yield build_gauge(
        "outbox_rows",
        "What has not come to an end, by network and place; what is planned for later is left out.",
        [({"network": n, "place": p}, sum(r[5] for r in found if r[:2] == (n, p))) for n, p in places],
    )
    yield build_gauge(
        "outbox_held_rows",
        "What is due and may not leave, by reason.",
        [({"reason": why}, sum(r[5] for r in found if r[1] == "held" and r[2] == why)) for why in HOLDS],
    )
    asking = sum(row[5] for row in found if row[3] == "unknown" and row[4])
    yield build_gauge(
        "outbox_needs_person_rows", "What only a person can decide: is it on the network?", [({}, asking)]
    )
    yield from overdue_gauges(at)


def overdue_gauges(at: datetime) -> Iterator[Metric]:
    found = (
        overdue_rows(Outgoing.unscoped.all(), at, by=NO_DELAY)
        .order_by()
        .aggregate(count=Count("pk"), since=Min("due_at"))
    )
    waited = (at - found["since"]).total_seconds() if found["since"] else 0.0
    yield build_gauge("outbox_overdue_rows", "What is due, and nothing known holds it.", [({}, found["count"])])
    yield build_gauge("outbox_overdue_seconds", "How long the first of them has waited.", [({}, waited)])


def lateness_gauges(at: datetime) -> Iterator[Metric]:
    """A histogram of a window rather than since the start: histogram_quantile() reads it as it is, without rate()."""
    organizations = list(Organization.objects.values_list("pk", flat=True))
    rows = rows_sent_since(Outgoing.unscoped.filter(organization__in=organizations), at - LATENESS_WINDOW)
    within = {f"le_{edge}": Count("pk", filter=Q(lateness__lte=timedelta(seconds=edge))) for edge in LATENESS_BUCKETS}
    found = rows.annotate(lateness=LATENESS).aggregate(count=Count("pk"), sum=Sum("lateness"), **within)
    samples = [({"le": f"{edge:g}"}, found[f"le_{edge}"]) for edge in LATENESS_BUCKETS]
    name, about = "outbox_lateness_5m_seconds", "of what left in the last 5 minutes: planned time until it was there."
    yield build_gauge(f"{name}_bucket", f"Histogram {about}", [*samples, ({"le": "+Inf"}, found["count"])])
    yield build_gauge(f"{name}_sum", f"Sum {about}", [({}, found["sum"].total_seconds() if found["sum"] else 0.0)])
    yield build_gauge(f"{name}_count", f"Number {about}", [({}, found["count"])])


def connection_gauges(at: datetime) -> Iterator[Metric]:
    cut_off = Profile.unscoped.filter(state="disconnected").values_list("network").annotate(count=Count("pk"))
    found = dict(cut_off.order_by())
    by_network = [({"network": one.network}, found.get(one.network, 0)) for one in adapter_classes()]
    yield build_gauge("profiles_disconnected", "Profiles that must be connected again.", by_network)
    open_ones = dict(
        Circuit.objects.exclude(opened_at=None).values_list("network").annotate(count=Count("pk")).order_by()
    )
    down = [({"network": one.network}, open_ones.get(one.network, 0)) for one in adapter_classes()]
    yield build_gauge(
        "circuits_open", "Networks, practice ones too, that do not answer or refuse our app: what is due waits.", down
    )
    asked = Cursor.unscoped.filter(next_poll_at__lt=at, profile__state="connected").order_by("next_poll_at")
    first = asked.values_list("next_poll_at", flat=True).first()  # index cursor_due
    lag = (at - first).total_seconds() if first else 0.0
    yield build_gauge(
        "poll_lag_seconds", "How long the profile that waits longest is due to be asked what is new.", [({}, lag)]
    )
    unread = WebhookReceipt.objects.filter(digested_at=None).count()  # index receipt_open
    yield build_gauge("webhook_receipts_open", "Pushes of the networks that nobody has read yet.", [({}, unread)])


def background_gauges() -> Iterator[Metric]:
    """What Redis knows. A sign of life that is an hour old is forgotten: then its sample is missing."""
    try:
        ages = {process: heartbeat.seconds_since_heartbeat(name) for process, name in PROCESS_HEARTBEATS.items()}
        depths = count_queued_tasks()
    except redis.RedisError:
        yield build_gauge("broker_up", "Whether Redis answers.", [({}, 0)])
        return
    yield build_gauge("broker_up", "Whether Redis answers.", [({}, 1)])
    known = [({"process": process}, age) for process, age in ages.items() if age is not None]
    yield build_gauge("heartbeat_age_seconds", "Since when a process has shown no sign of life.", known)
    yield build_gauge(
        "queue_tasks", "Tasks that wait in Redis.", [({"queue": name}, depth) for name, depth in depths.items()]
    )


def count_queued_tasks() -> dict[str, int]:
    """{queue: how many tasks wait for a worker}. Raises RedisError."""
    names = [queue.name for queue in app.conf.task_queues]
    pipe = realtime.redis_client().pipeline(transaction=False)
    for name in names:
        pipe.llen(name)
    return dict(zip(names, pipe.execute(), strict=True))
