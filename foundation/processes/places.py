"""So many at once, over all processes: a place in Redis goes by itself when its holder does not renew it.

With Redis away everybody gets one: a limit is no safety.
"""

import logging
import time

import redis

from foundation.processes.realtime import client

log = logging.getLogger(__name__)
KEPT = 60  # seconds without being renewed


def take(name: str, holder: str, most: int) -> bool:
    """Takes or renews the place of `holder`; whether there was one."""
    key, at = f"socialops:places:{name}", time.time()
    try:
        pipeline = client().pipeline()
        pipeline.zremrangebyscore(key, "-inf", at - KEPT)
        pipeline.zadd(key, {holder: at})
        pipeline.expire(key, 2 * KEPT)
        pipeline.zcard(key)
        _, is_new, _, count = pipeline.execute()
        if is_new and count > most:
            client().zrem(key, holder)
            return False
    except redis.RedisError as error:
        log.warning("places %s not counted: %s", name, type(error).__name__)
    return True


def leave(name: str, holder: str) -> None:
    try:
        client().zrem(f"socialops:places:{name}", holder)
    except redis.RedisError as error:
        log.warning("places %s not counted: %s", name, type(error).__name__)


def taken(name: str) -> int | None:
    """How many; None where Redis cannot say."""
    try:
        return int(client().zcount(f"socialops:places:{name}", time.time() - KEPT, "+inf"))
    except redis.RedisError:
        return None
