"""Django's Redis cache as we need it: a cache that is away is an empty one."""

import logging
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

TIMEOUT_S = 2.0


class ReusingClient(RedisCacheClient):
    """Keeps its client of the one server, which Django builds anew for every command; one quick retry, no more."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        limits = {
            "socket_timeout": TIMEOUT_S,
            "socket_connect_timeout": TIMEOUT_S,
            "retry": Retry(NoBackoff(), 1),
        }
        super().__init__(servers, **{**limits, **options})
        self._kept: dict[bool, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class TolerantRedisCache(RedisCache):
    """Reads find nothing and writes are skipped while Redis is away, so that sign-in rests on the database alone.

    `delete` still fails loudly: what had to be forgotten (a session at sign-out) must not come back with Redis.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ReusingClient

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except redis.RedisError as error:
            logger.warning("Nothing is read from the cache: %s", error)
            return default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except redis.RedisError as error:
            logger.warning("Nothing is written to the cache: %s", error)
