"""Counts calls in fixed windows, in Redis. With Redis away everything is let through: a limit is no safety."""

import logging
import time

import redis

from foundation.processes.realtime import redis_client

log = logging.getLogger(__name__)


def seconds_to_wait(name: str, calls: int, period: int) -> float:
    """Counts one call of `name`; 0 when it is within `calls` per `period` seconds, else the rest of the window."""
    window, into = divmod(time.time(), period)
    key = f"socialops:limit:{name}:{int(window)}"
    try:
        pipeline = redis_client().pipeline()
        pipeline.incr(key)
        pipeline.expire(key, period + 1)
        count, _ = pipeline.execute()
    except redis.RedisError as error:
        log.warning("limit %s not counted: %s", name, type(error).__name__)
        return 0.0
    return 0.0 if count <= calls else period - into


def count_calls(name: str, period: int) -> int | None:
    """How many calls of `name` this window has seen; None where Redis cannot say."""
    try:
        found = redis_client().get(f"socialops:limit:{name}:{int(time.time() // period)}")
    except redis.RedisError:
        return None
    return int(found or 0)
