"""Signs of life of the processes, kept in Redis: when each was last seen, and what its clock said then."""

import socket
import time

import redis

from foundation.processes.realtime import client

TOLD_FOR = 3600
CLOCK = "socialops:clock:"


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


def tell_clock(process: str) -> None:
    """Notes what time it is here, for `clocks`."""
    try:
        client().set(f"{CLOCK}{process}@{socket.gethostname()}", time.time(), ex=TOLD_FOR)
    except redis.RedisError:
        return


def clocks(at: float) -> dict[str, float]:
    """By process and machine, how many seconds its clock is ahead of the right time, which is `at`. Raises RedisError.

    How long ago each was noted is counted by Redis, so that neither its clock nor ours matters.
    """
    found = {}
    for key in client().scan_iter(f"{CLOCK}*", count=1000):
        both = client().pipeline()
        both.get(key)
        both.pttl(key)
        said, left = both.execute()
        if said is not None and left > 0:
            found[key.decode().removeprefix(CLOCK)] = float(said) + TOLD_FOR - left / 1000 - at
    return found
