"""The cache counts attempts, and keeps what was just asked for from being asked again.

Without Redis nothing is counted, everybody still signs in, and some work is done twice.
"""

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
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
