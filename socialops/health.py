"""`/healthz`: the process lives. `/readyz`: everything that work needs is there. Neither waits long nor raises."""

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

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
    missing = problems()
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


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
