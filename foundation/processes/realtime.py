"""Hints to open browsers: which thing changed, never what it says. Losing one costs a reload, so errors only log.

Each hint is written down in its organization's log and said at once, both in one step: who was not listening reads the
log from the moment on that they have seen everything of (docs/adr/0019-catching-up.md).
"""

import json
import logging
from collections.abc import Collection, Mapping
from functools import lru_cache

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

MAX_HINTS = 1000  # hints of an organization; who missed more asks for everything
HINT_LOG_SECONDS = 7 * 86_400  # seconds without a single one
RESYNC: dict[str, object] = {"topic": "resync", "id": ""}

# The moments are the store's own, so that no two clocks are compared.
PUBLISH_SCRIPT = """
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'hint', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return redis.call('PUBLISH', KEYS[2], id .. ' ' .. ARGV[1])
"""
# A log reaches back to its first entry. One that was emptied, or cut off since the moment, cannot tell what was missed;
# where there is none, it begins now.
MISSED_SCRIPT = """
local now = redis.call('TIME')
local moment = string.format('%d', now[1] * 1000 + math.floor(now[2] / 1000))
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('XADD', KEYS[1], '*', 'hint', '') end
redis.call('EXPIRE', KEYS[1], ARGV[2])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][1]
return {moment, first, redis.call('XRANGE', KEYS[1], ARGV[1], '+')}
"""
lost_organizations: set[int] = set()  # organizations whose hints could not be said: their pages must ask for everything


@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    """Without retries of its own: a page waits for this."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    )


def channel(organization_id: int | str) -> str:
    return f"socialops:{organization_id}"


def hint_log_key(name: str) -> str:
    return f"{name}:log"


def current_moment() -> str:
    """Now, in milliseconds: to be asked for before what a page shows. Empty where the store does not answer."""
    try:
        seconds, microseconds = redis_client().time()
    except redis.RedisError as error:
        log.warning("a page does not know as of when it was drawn: %s", type(error).__name__)
        return ""
    return str(seconds * 1000 + microseconds // 1000)


def ping(
    organization_id: int,
    topic: str,
    pk: int | str = "",
    *,
    profile_id: int | None = None,
    member_ids: Collection[int] | None = None,
) -> None:
    """After the commit, tells the organization's streams that `topic` (and thing `pk`) changed.

    `profile_id` limits it to readers who may view that profile; without it every member hears it. `member_ids` are
    those who, beside the admins, hear which thing it is; the others hear only of the topic.
    """
    members = None if member_ids is None else sorted(member_ids)
    hint = {"topic": topic, "id": pk, "profile": profile_id, "members": members}
    transaction.on_commit(lambda: publish_hint(organization_id, hint), robust=True)


def publish_hint(organization_id: int, hint: Mapping[str, object]) -> None:
    """What could not be said is made good by the next thing that can, with a word to ask for everything."""
    try:
        for missed in tuple(lost_organizations):
            emit_hint(redis_client(), missed, RESYNC)
            lost_organizations.discard(missed)
        emit_hint(redis_client(), organization_id, hint)
    except redis.RedisError as error:
        lost_organizations.add(organization_id)
        log.warning("realtime hint lost: %s", type(error).__name__)


def emit_hint(store: redis.Redis, organization_id: int, hint: Mapping[str, object]) -> None:
    name = channel(organization_id)
    store.eval(PUBLISH_SCRIPT, 2, hint_log_key(name), name, json.dumps(hint), MAX_HINTS, HINT_LOG_SECONDS)
