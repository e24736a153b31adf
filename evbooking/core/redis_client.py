"""The one Redis connection pool of a process, for what the cache framework does not speak: scripts and pub/sub."""

from functools import cache

import redis
from django.conf import settings

TIMEOUT_S = 2.0


@cache
def client() -> redis.Redis:
    """The process's client of REDIS_URL. Calls raise redis.RedisError, at the latest after TIMEOUT_S."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        health_check_interval=30,
    )
