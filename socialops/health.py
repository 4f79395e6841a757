"""`/healthz`: the process lives. `/readyz`: everything that work needs is there. Neither waits long nor raises."""

from datetime import datetime

import redis
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from networks.models import Outgoing
from networks.queries.queue import overdue
from socialops.celery import app
from socialops.lib import heartbeat, realtime

FRESH = 15.0  # seconds; the outbox ticks every second
current: list[bool] = []  # holds something once this process has seen the database in step with its code


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 where something is missing; a warning is for people to look at, and restarts nothing."""
    missing = problems()
    said = {"ready": not missing, "missing": missing, "warnings": {} if "database" in missing else warnings()}
    return JsonResponse(said, status=503 if missing else 200)


def warnings() -> dict[str, str]:
    """What works more slowly than it should."""
    try:
        late = late_rows(now())
    except (DatabaseError, InterfaceError):
        return {}  # it has gone since it was asked; the next call says so
    return {"outbox": late} if late else {}


def late_rows(at: datetime) -> str:
    """What should have left a minute ago or more, and nothing known holds it; empty where there is nothing."""
    # unscoped: the operator asks about every organization
    found = overdue(Outgoing.unscoped.all(), at).order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    if not found["count"]:
        return ""
    seconds = round((at - found["since"]).total_seconds())
    return f"{found['count']} should have left, the first {seconds} s ago, and nothing known holds them."


def problems() -> dict[str, str]:
    """What is missing, with the reason in plain words; empty when everything works."""
    found = {"database": database(), "broker": broker()}
    if not found["broker"]:
        found |= background()
    return {name: reason for name, reason in found.items() if reason}


def database() -> str:
    """A connection of its own, with short timeouts: the pooled one might hang on a server that is gone."""
    options = {**connection.get_connection_params(), "connect_timeout": 2, "options": "-c statement_timeout=2000"}
    try:
        opened = connection.Database.connect(**options)
    except connection.Database.Error:
        return "PostgreSQL cannot be reached (DATABASE_URL)."
    try:
        with opened.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, connection.Database.Error):
        return "PostgreSQL does not answer."
    finally:
        opened.close()
    return schema()


def schema() -> str:
    try:
        return "The database is behind the code; run `manage.py migrate`." if unapplied() else ""
    except DatabaseError:
        return "PostgreSQL does not answer."


def unapplied() -> bool:
    """Whether migrations wait. Once none did, this process need not ask again: it ends before its code changes."""
    if not current:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
        current.append(True)
    return False


def broker() -> str:
    try:
        realtime.client().ping()
    except redis.RedisError:
        return "Redis cannot be reached (REDIS_URL)."
    return ""


def background() -> dict[str, str]:
    """Beat asks for a tick every second and a worker runs it, so a fresh one speaks for both."""
    try:
        seen = heartbeat.seconds_since("tick")
        if seen is not None and seen < FRESH:
            return {}
        if not app.control.ping(timeout=1):
            return {"worker": "No worker answers."}
    except (redis.RedisError, OperationalError):
        return {"broker": "Redis cannot be reached (REDIS_URL)."}
    return {"beat": "A worker answers, but beat has asked for nothing lately."}
