"""Rate limits: so many in a minute, then 429 until the window has moved on."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core import rate_limits, redis_client
from evbooking.core.errors import RateLimited
from evbooking.core.models import EventSubject
from evbooking.core.rate_limits import UNLIMITED, check_rates

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOTES = "/api/test/notes"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.EVB_RATE_LIMITS = {"api_user": (3, 60), "api_address": (5, 60), "holds_driver": (2, 60)}


def allowed(times: int, **idents: object) -> int:
    """How many of so many calls pass."""
    passed = 0
    for _ in range(times):
        try:
            check_rates(idents)
            passed += 1
        except RateLimited:
            continue
    return passed


def test_the_limit_counts_per_name_and_ident(clock: Any) -> None:
    assert allowed(4, holds_driver="a") == 2
    assert allowed(4, holds_driver="b") == 2
    assert allowed(4, api_user="a") == 3


def environment_limits(**environment: str) -> dict[str, list[int]]:
    """EVB_RATE_LIMITS of settings read afresh under this environment."""
    code = "import json; from evbooking.settings import EVB_RATE_LIMITS as limits; print(json.dumps(limits))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


def test_production_limits_are_these_and_the_demo_allows_a_hundred_times_as_many() -> None:
    production, demo = environment_limits(SECRET_KEY="x" * 60), environment_limits(EVB_DEMO="1")
    assert production == {
        "password": [10, 60],
        "api_user": [600, 60],
        "api_address": [1200, 60],
        "holds_driver": [20, 60],
        "checkout_driver": [30, 60],
        "sign_up": [20, 60],
        "sign_in": [30, 60],
        "calendar_feed": [60, 600],
        "calendar_address": [600, 600],
        "posts_hour": [40, 3600],
        "posts_day": [200, 86400],
        "posts_thread": [15, 600],
        "threads_person": [10, 86400],
        "reports_person": [10, 86400],
    }
    assert demo == {name: [100 * times, seconds] for name, (times, seconds) in production.items()}


@pytest.mark.parametrize(("name", "times"), [("api_user", 600), ("api_address", 1200), ("holds_driver", 20)])
def test_at_production_values_so_many_pass_and_no_more(
    clock: Any, settings: Any, name: str, times: int
) -> None:
    settings.EVB_RATE_LIMITS = {name: environment_limits(SECRET_KEY="x" * 60)[name]}
    assert allowed(times + 5, **{name: "a"}) == times


def test_the_window_slides_so_that_a_boundary_gives_no_second_helping(clock: Any) -> None:
    clock.shift(timedelta(seconds=59))
    assert allowed(3, holds_driver="a") == 2
    clock.shift(timedelta(seconds=2))
    assert allowed(3, holds_driver="a") == 1
    clock.shift(timedelta(seconds=60))
    assert allowed(3, holds_driver="a") == 2


def test_a_refused_call_is_not_counted_under_any_limit(clock: Any) -> None:
    assert allowed(3, holds_driver="a") == 2
    with pytest.raises(RateLimited):
        check_rates({"api_user": "a", "holds_driver": "a"})
    assert allowed(4, api_user="a") == 3


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (59, 1), (59.5, 1), (30, 30)])
def test_the_wait_lasts_to_the_end_of_the_window(clock: Any, second: float, wait: int) -> None:
    clock.shift(timedelta(seconds=second))
    allowed(2, holds_driver="a")
    with pytest.raises(RateLimited) as refusal:
        check_rates({"holds_driver": "a"})
    assert refusal.value.retry_after == wait


def test_a_user_over_the_limit_gets_429_and_nothing_is_done(
    clock: Any, api: Api, driver: User, stranger: User
) -> None:
    client = api(driver)
    answers = [client.post(NOTES, {"text": "hello"}, format="json") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert (answers[3].json()["code"], answers[3]["Retry-After"]) == ("rate_limited", "60")
    assert EventSubject.objects.get().last == 3
    assert api(stranger).get(NOTES).status_code == 200


@pytest.mark.django_db
def test_an_address_over_the_limit_gets_429_also_for_refused_tokens(clock: Any) -> None:
    client = APIClient()
    answers = [client.get(NOTES, HTTP_X_SESSION_TOKEN="wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert client.get(NOTES, REMOTE_ADDR="198.51.100.1").status_code == 401


def test_without_redis_every_call_passes_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = redis_client.connect("redis://127.0.0.1:1/0")
    monkeypatch.setattr(rate_limits, "_script", lambda: nobody.register_script(rate_limits._SCRIPT))
    before = UNLIMITED._value.get()
    assert allowed(9, holds_driver="a") == 9
    assert UNLIMITED._value.get() == before + 9
    assert redis_client.client().ping()
