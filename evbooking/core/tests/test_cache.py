"""The cache while Redis is away."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.core.cache import caches
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.cache import TolerantRedisCache

Api = Callable[[User | None], APIClient]


@pytest.fixture
def away() -> TolerantRedisCache:
    return TolerantRedisCache("redis://127.0.0.1:1/0", {})


def test_a_cache_that_is_away_is_empty(away: TolerantRedisCache) -> None:
    away.set("a", 1)
    assert away.get("a") is None
    assert away.get("a", "default") == "default"


def test_what_must_be_forgotten_is_not_silently_kept(away: TolerantRedisCache) -> None:
    with pytest.raises(redis.ConnectionError):
        away.delete("a")


def test_signing_in_by_token_rests_on_the_database_when_redis_is_away(
    api: Api, driver: User, settings: Any
) -> None:
    client = api(driver)
    assert project.CACHES["default"]["BACKEND"] == "evbooking.core.cache.TolerantRedisCache"
    settings.CACHES = {"default": {**project.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert caches["default"].get("anything") is None
    assert client.get("/api/test/notes").status_code == 200


def test_values_come_back_while_redis_is_there() -> None:
    caches["default"].set("a", {"b": 1})
    assert caches["default"].get("a") == {"b": 1}
