"""`/readyz`: everything that work needs is there. It neither waits long nor raises. (`/healthz`: socialops/asgi.py.)"""

from datetime import datetime
from pathlib import Path
from tempfile import gettempdir

import psycopg2
import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Min
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from foundation.files.disk_space import is_folder_writable
from foundation.processes import heartbeat, realtime
from networks.models import Outgoing
from networks.queries.queue import overdue_rows
from socialops.celery import app
from socialops.schema_check import describe_unapplied, describe_unknown

# Sorts more than fits into 64 kB, so PostgreSQL writes to its disk; no table and no transaction log is touched.
SPILLING_QUERY = (
    "SELECT max(x) FROM (SELECT repeat(g::text, 20) AS x FROM generate_series(1, 3000) g ORDER BY x OFFSET 0) AS y"
)
NO_RESOURCES = "53"  # the class of PostgreSQL's errors that tell of a full disk and the like
FRESH_WITHIN = 15.0  # seconds; the outbox ticks every second


@require_safe
@never_cache
def show_readiness(request: HttpRequest) -> JsonResponse:
    """503 where something is missing; a warning is for people to look at, and restarts nothing."""
    missing = find_missing()
    report = {"ready": not missing, "missing": missing, "warnings": {} if "database" in missing else find_warnings()}
    return JsonResponse(report, status=503 if missing else 200)


def find_warnings() -> dict[str, str]:
    """What works and should not stay so: a newer database among it, for an upgrade migrates while the earlier release
    still answers (docs/adr/0016-schema.md)."""
    try:
        found = {"outbox": describe_late_rows(now()), "schema": describe_unknown()}
    except (DatabaseError, InterfaceError):
        return {}  # it has gone since it was asked; the next call says so
    return {name: reason for name, reason in found.items() if reason}


def describe_late_rows(at: datetime) -> str:
    """What should have left a minute ago or more, and nothing known holds it; empty where there is nothing."""
    # unscoped: the operator asks about every organization
    found = overdue_rows(Outgoing.unscoped.all(), at).order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    if not found["count"]:
        return ""
    seconds = round((at - found["since"]).total_seconds())
    return f"{found['count']} should have left, the first {seconds} s ago, and nothing known holds them."


def find_missing() -> dict[str, str]:
    """What is missing, with the reason in plain words; empty when everything works."""
    found = {"database": check_database(), "broker": check_broker(), **check_disks()}
    if not found["broker"]:
        found |= check_background()
    return {name: reason for name, reason in found.items() if reason}


def check_database() -> str:
    """A connection of its own, with short timeouts: the pooled one might hang on a server that is gone."""
    options = {**connection.get_connection_params(), "connect_timeout": 2, "options": "-c statement_timeout=2000"}
    try:
        opened = psycopg2.connect(**options)
    except psycopg2.Error:
        return "PostgreSQL cannot be reached (DATABASE_URL)."
    try:
        with opened.cursor() as cursor:
            cursor.execute("SET work_mem = '64kB'")
            cursor.execute(SPILLING_QUERY)
    except psycopg2.Error as error:
        if str(error.pgcode).startswith(NO_RESOURCES):
            return "PostgreSQL has no room left to work in; make room on its disk."
        return "PostgreSQL does not answer."
    finally:
        opened.close()
    return check_schema()


def check_disks() -> dict[str, str]:
    """What cannot be written to. Asked by writing: a full disk is one reason of several."""
    folders = {
        "media": (settings.MEDIA_ROOT, "the media folder (MEDIA_STORAGE_URL)"),
        "temporary files": (Path(gettempdir()), "the folder for temporary files (TMPDIR)"),
    }
    return {
        name: f"Nothing can be written to {called}. Is there room on its disk?"
        for name, (folder, called) in folders.items()
        if not is_folder_writable(folder)
    }


def check_schema() -> str:
    try:
        return describe_unapplied()
    except DatabaseError:
        return "PostgreSQL does not answer."


def check_broker() -> str:
    try:
        realtime.redis_client().ping()
    except redis.RedisError:
        return "Redis cannot be reached (REDIS_URL)."
    return ""


def check_background() -> dict[str, str]:
    """Beat asks for a tick every second and a worker runs it, so a fresh one speaks for both."""
    try:
        seen = heartbeat.seconds_since_heartbeat("tick")
        if seen is not None and seen < FRESH_WITHIN:
            return {}
        if not app.control.ping(timeout=1):
            return {"worker": "No worker answers."}
    except (redis.RedisError, OperationalError):
        return {"broker": "Redis cannot be reached (REDIS_URL)."}
    return {"beat": "A worker answers, but beat has asked for nothing lately."}
