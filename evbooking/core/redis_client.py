"""The one Redis connection pool of a process, for what the cache framework does not speak: scripts and pub/sub."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_S = 2.0


@cache
def client() -> redis.Redis:
    """The process's client of REDIS_URL."""
    return connect(settings.REDIS_URL)


def connect(url: str) -> redis.Redis:
    """A client of its own. Calls raise redis.RedisError after one quick retry, at TIMEOUT_S each."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )
