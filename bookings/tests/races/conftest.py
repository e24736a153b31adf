"""The world of the races: one wanted slot, and fifty drivers."""

import fcntl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from bookings.tests.races.crowd import CROWD
from stations.models import EVSE, Station
from tests.factories import make_booking, make_evse, make_operator, make_station, make_user

Api = Callable[[User | None], APIClient]


class World:
    """A station whose first EVSE everybody wants tomorrow at `slot`, and a crowd that is signed in."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.owner = make_user()
        operator = make_operator(owner=self.owner)
        self.station: Station = make_station(operator, evses=1, terms={"change_until_minutes": 0})
        self.wanted: EVSE = self.station.evses.get()
        self.slot: datetime = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        self.drivers = [make_user() for _ in range(CROWD)]
        self.clients = [api(driver) for driver in self.drivers]
        self.administrator = make_user(is_staff=True)

    def times(self) -> dict[str, Any]:
        return {"start": self.slot.isoformat(), "end": (self.slot + timedelta(hours=1)).isoformat()}

    def wish(self) -> dict[str, Any]:
        return {"station": str(self.station.pk), "evse_uid": self.wanted.uid, **self.times()}

    def booked_elsewhere(self, count: int) -> list[Booking]:
        """A reserved booking of each driver, each at an EVSE of its own, two hours after the wanted slot."""
        later = self.slot + timedelta(hours=2)
        return [make_booking(make_evse(self.station), driver, start=later) for driver in self.drivers[:count]]

    def add_evses(self, count: int) -> None:
        for _ in range(count):
            make_evse(self.station)

    def next_slot(self) -> None:
        """Want an hour nobody has tried for yet."""
        self.slot += timedelta(hours=4)


@pytest.fixture(autouse=True)
def _one_race_at_a_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Parallel workers take turns: a race wants the cores for itself, and fifty connections."""
    with (tmp_path_factory.getbasetemp().parent / "races.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def world(transactional_db: None, api: Api) -> World:
    return World(api)
