"""A small city of stations on a winter Tuesday, and requests to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django import Settings

from bookings.ports import registered_ranker, use_ranker
from bookings.ranking.build import build_choice
from bookings.ranking.candidates import Choice, RankingRequest
from scheduler_rl.rankers import DQNRanker
from stations.models import Station
from tests import factories

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
CONNECTOR = "IEC_62196_T2"


@pytest.fixture
def now() -> Iterator[datetime]:
    """2026-12-01 07:00 UTC, standing still."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def stations(now: datetime) -> list[Station]:
    """Six stations of two EVSEs each along a street, the first one booked from 09:00 to 11:00."""
    made = [factories.make_station(evses=2, latitude=53.55 + number / 500) for number in range(6)]
    for evse in made[0].evses.all():
        factories.make_booking(evse, factories.make_user(), start=now + timedelta(hours=2), minutes=120)
    return made


@pytest.fixture
def ranker(settings: Settings) -> Iterator[DQNRanker]:
    """A registered ranker that has loaded nothing yet, on a machine that may be busy."""
    settings.EVB_RANKER_BUDGET_MS = 10_000
    before, fresh = registered_ranker(), DQNRanker()
    use_ranker(fresh)
    yield fresh
    use_ranker(before)


def request(*, hours: float = 5, energy: str = "22", **more: object) -> RankingRequest:
    """From an hour from now on."""
    begin = NOW + timedelta(hours=1)
    return RankingRequest(53.55, 9.99, Decimal(energy), begin, begin + timedelta(hours=hours), **more)  # type: ignore[arg-type]


def choice_of(wanted: RankingRequest) -> Choice:
    return build_choice(wanted, connector=CONNECTOR, vehicle=None, now=NOW)
