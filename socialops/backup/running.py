"""Whether anything of this installation is at work: then nobody may change the ground below it."""

import time

import redis
from django.db import connection

from foundation.processes import heartbeat
from socialops.backup.refusal import Refused

SIGNS = {"beat": "beat", "worker": "the worker", "tick": "the worker"}
LOOKED_AFTER = 5.0  # seconds; whatever lives gives a sign sooner
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'socialops%'
"""


def require_stopped() -> None:
    """Raises Refused with what runs."""
    found = sorted(set(processes()))
    if found:
        raise Refused(
            f"SocialOps is running here ({', '.join(found)}). Stop web, worker and beat first, so that nothing leaves "
            "meanwhile. Nothing was changed."
        )


def processes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        count = int(cursor.fetchone()[0])
    if count:
        return [f"{count} connection{'s' if count > 1 else ''} to the database"]
    try:
        return signs()
    except redis.RedisError:
        return []  # without a broker nothing works


def signs() -> list[str]:
    """Whoever gives one while we look. Raises RedisError."""
    before = {name: moment(name) for name in SIGNS}
    if not any(before.values()):
        return []
    time.sleep(LOOKED_AFTER)
    return [SIGNS[name] for name, at in before.items() if (moment(name) or 0) > (at or 0)]


def moment(name: str) -> float | None:
    """When it was seen, on the clock of now."""
    ago = heartbeat.seconds_since(name)
    return None if ago is None or ago > LOOKED_AFTER else round(time.time() - ago, 2)
