"""What was said of each organization, on its way to the readers of this web process, and what they missed of it."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from foundation.processes.realtime import HINT_LOG_SECONDS, MISSED_SCRIPT, RESYNC, channel, hint_log_key

log = logging.getLogger(__name__)

Hint = dict[str, Any]

MOST_OF_SESSION = 8  # browsers share one stream among their tabs
MOST_UNREAD = 200  # hints for a reader who does not read, or was away


@dataclass(frozen=True, slots=True)
class LoggedHint:
    """A hint and where it stands in the log: milliseconds of the store, and a number among those of the same."""

    at: tuple[int, int]
    hint: Hint


@dataclass(frozen=True, slots=True)
class MissedHints:
    """What was said since a moment, and until when that is all."""

    until: str
    entries: list[LoggedHint]


class Listener:
    """What is said, on its way to one reader; None ends the stream."""

    def __init__(self) -> None:
        self.entries: asyncio.Queue[LoggedHint | None] = asyncio.Queue()
        self.is_over = False

    def deliver(self, hint: LoggedHint | None) -> None:
        if self.is_over:
            return  # more of it could push the end out
        self.is_over = hint is None
        if self.entries.qsize() >= MOST_UNREAD:
            self.entries = asyncio.Queue()
            hint = hint and LoggedHint(hint.at, RESYNC)
        self.entries.put_nowait(hint)


class Hub:
    """One subscription per web process, however many streams it serves."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.of_session: dict[str, list[Listener]] = defaultdict(list)
        self.hears_since: int | None = None  # what was said before may have been said to nobody
        self.closed = False

    @contextmanager
    def listener(self, name: str, session: str) -> Iterator[Listener]:
        added = Listener()
        self.listeners[name].add(added)
        own = self.of_session[session]
        own.append(added)
        if len(own) > MOST_OF_SESSION:
            own.pop(0).deliver(None)  # the oldest: its browser may have lost it without telling
        try:
            yield added
        finally:
            self.listeners[name].discard(added)
            if not self.listeners[name]:
                del self.listeners[name]
            if added in own:
                own.remove(added)
            if not own:
                self.of_session.pop(session, None)

    async def listen(self) -> None:
        """Passes on what Redis says, until cancelled. After every gap each reader hears `resync`."""
        while True:
            try:
                await self.subscribed()
            except (redis.RedisError, OSError) as error:
                log.warning("realtime hints are away: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def subscribed(self) -> None:
        # Without retries of the client's own: a silent reconnection would hide the gap.
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10, retry=Retry(NoBackoff(), 0)
        )
        async with client, client.pubsub() as pubsub:
            await pubsub.psubscribe(channel("*"))
            if await pubsub.get_message(timeout=5) is None:  # until it is confirmed, nobody listens
                raise redis.TimeoutError
            seconds, microseconds = await client.time()
            self.hears_since = seconds * 1000 + microseconds // 1000
            self.deliver_to_all(LoggedHint((self.hears_since, 0), RESYNC))
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5)
                if message is not None:
                    at, _space, hint = message["data"].partition(b" ")
                    self.deliver(message["channel"].decode(), parse_hint(at, hint))

    def deliver(self, name: str, entry: LoggedHint) -> None:
        for listener in self.listeners.get(name, ()):
            listener.deliver(entry)

    def deliver_to_all(self, entry: LoggedHint | None) -> None:
        for listeners in self.listeners.values():
            for listener in listeners:
                listener.deliver(entry)

    async def missed(self, name: str, since: str) -> MissedHints:
        """Only `resync` where the log does not reach back so far, or we did not listen all the while."""
        try:
            now, first, entries = await log_client().eval(
                MISSED_SCRIPT, 1, hint_log_key(name), since or "+", HINT_LOG_SECONDS
            )
        except (redis.RedisError, OSError):
            return MissedHints("", [LoggedHint((0, 0), RESYNC)])
        until, beginning = now.decode(), parse_log_id(first)[0]
        knows_all = since and self.hears_since and max(self.hears_since, beginning) <= int(since) <= int(until)
        if not knows_all or len(entries) > MOST_UNREAD:
            return MissedHints(until, [LoggedHint((int(until), 0), RESYNC)])
        return MissedHints(
            until, [parse_hint(at, fields[b"hint"]) for at, fields in map(parse_entry, entries) if fields[b"hint"]]
        )

    def close(self) -> None:
        self.closed = True
        self.deliver_to_all(None)


def parse_log_id(at: bytes) -> tuple[int, int]:
    milliseconds, _dash, number = at.partition(b"-")
    return int(milliseconds), int(number)


def parse_hint(at: bytes, hint: bytes) -> LoggedHint:
    return LoggedHint(parse_log_id(at), json.loads(hint))


def parse_entry(entry: list[Any]) -> tuple[bytes, dict[bytes, bytes]]:
    at, flat = entry
    return at, dict(zip(flat[::2], flat[1::2], strict=True))


@lru_cache(maxsize=1)
def log_client() -> redis.asyncio.Redis:
    """For what readers missed: few at a time, however many come back at once."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.REDIS_URL, max_connections=8, timeout=5, socket_timeout=2, socket_connect_timeout=2
    )
    return redis.asyncio.Redis(connection_pool=pool)


hub = Hub()
