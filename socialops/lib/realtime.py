"""Hints to open browsers: which thing changed, never what it says. Losing one costs a reload, so errors only log."""

import json
import logging
from collections.abc import Collection
from functools import lru_cache

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def channel(organization_id: int) -> str:
    return f"socialops:{organization_id}"


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
    message = json.dumps({"topic": topic, "id": pk, "profile": profile_id, "members": members})
    transaction.on_commit(lambda: publish(channel(organization_id), message), robust=True)


def publish(name: str, message: str) -> None:
    try:
        client().publish(name, message)
    except redis.RedisError as error:
        log.warning("realtime hint lost: %s", type(error).__name__)
