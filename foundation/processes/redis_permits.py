"""So many at once, over all processes: a place in Redis goes by itself when its holder does not renew it.

With Redis away everybody gets one: a limit is no safety.
"""

import logging
import time

import redis

from foundation.processes.realtime import redis_client

log = logging.getLogger(__name__)
PERMIT_SECONDS = 60  # seconds without being renewed


def acquire_permit(name: str, holder: str, most: int) -> bool:
    """Takes or renews the place of `holder`; whether there was one."""
    key, at = f"socialops:places:{name}", time.time()
    try:
        pipeline = redis_client().pipeline()
        pipeline.zremrangebyscore(key, "-inf", at - PERMIT_SECONDS)
        pipeline.zadd(key, {holder: at})
        pipeline.expire(key, 2 * PERMIT_SECONDS)
        pipeline.zcard(key)
        _, is_new, _, count = pipeline.execute()
        if is_new and count > most:
            redis_client().zrem(key, holder)
            return False
    except redis.RedisError as error:
        log.warning("places %s not counted: %s", name, type(error).__name__)
    return True


def release_permit(name: str, holder: str) -> None:
    try:
        redis_client().zrem(f"socialops:places:{name}", holder)
    except redis.RedisError as error:
        log.warning("places %s not counted: %s", name, type(error).__name__)


def count_permits(name: str) -> int | None:
    """How many; None where Redis cannot say."""
    try:
        return int(redis_client().zcount(f"socialops:places:{name}", time.time() - PERMIT_SECONDS, "+inf"))
    except redis.RedisError:
        return None
