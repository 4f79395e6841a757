"""Signs of life of the background processes, kept in Redis: when each was last seen."""

import time

import redis

from socialops.lib.realtime import client

TOLD_FOR = 3600


def beat(name: str) -> None:
    """Notes that `name` is alive. The broker being away is no reason to stop working."""
    try:
        client().set(f"socialops:alive:{name}", time.time(), ex=TOLD_FOR)
    except redis.RedisError:
        return


def seconds_since(name: str) -> float | None:
    """How long ago `name` was seen; None when it was not within the last hour. Raises RedisError."""
    seen = client().get(f"socialops:alive:{name}")
    return None if seen is None else max(0.0, time.time() - float(seen))
