"""Rate limits by name (settings.EVB_RATE_LIMITS), counted in Redis, for API and pages alike.

A sliding window made of two fixed ones: the calls of the present window, and of the one before as far as it
still reaches into the last `seconds`. A refused call is not counted. One script does all limits of a request.
"""

import logging
import math
from functools import cache
from time import time

import redis
from django.conf import settings
from prometheus_client import Counter

from evbooking.core.errors import RateLimited
from evbooking.core.redis_client import client

logger = logging.getLogger(__name__)

UNLIMITED = Counter("evb_rate_limit_unavailable_total", "Requests let through because Redis did not answer")
REFUSED = Counter("evb_rate_limit_refused_total", "Requests refused by a rate limit", ["limit"])

# KEYS: present and previous window of each limit. ARGV: limit, weight of the previous window, life in ms.
# Returns 0, or the number (from 1) of the first limit that is exhausted.
_SCRIPT = """
for i = 1, #KEYS / 2 do
    local present = tonumber(redis.call('GET', KEYS[2 * i - 1]) or '0')
    local previous = tonumber(redis.call('GET', KEYS[2 * i]) or '0')
    if math.floor(previous * tonumber(ARGV[3 * i - 1])) + present >= tonumber(ARGV[3 * i - 2]) then
        return i
    end
end
for i = 1, #KEYS / 2 do
    if redis.call('INCR', KEYS[2 * i - 1]) == 1 then
        redis.call('PEXPIRE', KEYS[2 * i - 1], ARGV[3 * i])
    end
end
return 0
"""


def check_rates(idents: dict[str, object]) -> None:
    """Count one call under each limit: {"api_user": user.pk, "holds_driver": driver.pk}.

    Raises RateLimited with the seconds to wait if any is exhausted; then none is counted. Without Redis
    every call passes, and is counted in a metric.
    """
    now = time()
    keys: list[str] = []
    args: list[float] = []
    for name, ident in idents.items():
        limit, seconds = settings.EVB_RATE_LIMITS[name]
        window, elapsed = divmod(now, seconds)
        keys += (f"evb:rate:{name}:{ident}:{window:.0f}", f"evb:rate:{name}:{ident}:{window - 1:.0f}")
        args += (limit, 1 - elapsed / seconds, 2000 * seconds)
    try:
        exhausted = int(_script()(keys=keys, args=args))
    except redis.RedisError as error:
        UNLIMITED.inc()
        logger.warning("Rate limits are off, Redis does not answer: %s", error)
        return
    if exhausted:
        _refuse(list(idents)[exhausted - 1], now)


def _refuse(name: str, now: float) -> None:
    seconds = settings.EVB_RATE_LIMITS[name][1]
    REFUSED.labels(name).inc()
    raise RateLimited(retry_after=max(1, math.ceil(seconds - now % seconds)))


@cache
def _script() -> redis.commands.core.Script:
    return client().register_script(_SCRIPT)
