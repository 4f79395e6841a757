"""The cache counts attempts, and keeps what was just asked for from being asked again.

Without Redis nothing is counted, everybody still signs in, and some work is done twice.
"""

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = logging.getLogger(__name__)


class KeptClient(RedisCacheClient):
    """Django's makes a client for each call, which takes longer than the call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class ForgivingRedisCache(RedisCache):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = KeptClient

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self.call_or_default("add", True, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self.call_or_default("get", default, key, default, version=version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self.call_or_default("set", None, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self.call_or_default("delete", False, *args, **kwargs))

    def call_or_default(self, method: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), method)(*args, **kwargs)
        except redis.RedisError as error:
            log.warning("the cache is not there, so attempts are not counted: %s", type(error).__name__)
            return otherwise
