"""Whether anything of this installation is at work: then nobody may change the ground below it."""

import time

import redis
from django.db import connection

from foundation.processes import heartbeat
from socialops.backup.backup_refusal import BackupRefused

HEARTBEAT_LABELS = {"beat": "beat", "worker": "the worker", "tick": "the worker"}
HEARTBEAT_WITHIN = 5.0  # seconds; whatever lives gives a sign sooner
OTHER_CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'socialops%'
"""


def require_stopped() -> None:
    """Raises Refused with what runs."""
    found = sorted(set(list_running_processes()))
    if found:
        raise BackupRefused(
            f"SocialOps is running here ({', '.join(found)}). Stop web, worker and beat first, so that nothing leaves "
            "meanwhile. Nothing was changed."
        )


def list_running_processes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OTHER_CONNECTIONS)
        count = int(cursor.fetchone()[0])
    if count:
        return [f"{count} connection{'s' if count > 1 else ''} to the database"]
    try:
        return list_fresh_heartbeats()
    except redis.RedisError:
        return []  # without a broker nothing works


def list_fresh_heartbeats() -> list[str]:
    """Whoever gives one while we look. Raises RedisError."""
    before = {name: heartbeat_time(name) for name in HEARTBEAT_LABELS}
    if not any(before.values()):
        return []
    time.sleep(HEARTBEAT_WITHIN)
    return [HEARTBEAT_LABELS[name] for name, at in before.items() if (heartbeat_time(name) or 0) > (at or 0)]


def heartbeat_time(name: str) -> float | None:
    """When it was seen, on the clock of now."""
    ago = heartbeat.seconds_since_heartbeat(name)
    return None if ago is None or ago > HEARTBEAT_WITHIN else round(time.time() - ago, 2)
