"""Signs of life of the processes, kept in Redis: when each was last seen, and what its clock said then."""

import socket
import time

import redis

from foundation.processes.realtime import redis_client

HEARTBEAT_SECONDS = 3600
CLOCK_KEY_PREFIX = "socialops:clock:"


def record_heartbeat(name: str) -> None:
    """Notes that `name` is alive. The broker being away is no reason to stop working."""
    try:
        redis_client().set(f"socialops:alive:{name}", time.time(), ex=HEARTBEAT_SECONDS)
    except redis.RedisError:
        return


def seconds_since_heartbeat(name: str) -> float | None:
    """How long ago `name` was seen; None when it was not within the last hour. Raises RedisError."""
    seen = redis_client().get(f"socialops:alive:{name}")
    return None if seen is None else max(0.0, time.time() - float(seen))


def record_clock(process: str) -> None:
    """Notes what time it is here, for `clocks`."""
    try:
        redis_client().set(f"{CLOCK_KEY_PREFIX}{process}@{socket.gethostname()}", time.time(), ex=HEARTBEAT_SECONDS)
    except redis.RedisError:
        return


def clock_offsets(at: float) -> dict[str, float]:
    """By process and machine, how many seconds its clock is ahead of the right time, which is `at`. Raises RedisError.

    How long ago each was noted is counted by Redis, so that neither its clock nor ours matters.
    """
    found = {}
    for key in redis_client().scan_iter(f"{CLOCK_KEY_PREFIX}*", count=1000):
        pipeline = redis_client().pipeline()
        pipeline.get(key)
        pipeline.pttl(key)
        moments, left = pipeline.execute()
        if moments is not None and left > 0:
            found[key.decode().removeprefix(CLOCK_KEY_PREFIX)] = float(moments) + HEARTBEAT_SECONDS - left / 1000 - at
    return found
