"""Staff at its desk: Tuesday 1 December 2026, 08:00 in Hamburg; a booking starts at nine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import START, client_of
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking, make_vehicle

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[datetime]:
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def desk(staff: User, now: datetime) -> Client:
    """A browser in which the operator's staff is signed in."""
    return client_of(staff)


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    """Reserved from nine to ten, site time, on the first EVSE."""
    return make_booking(station.evses.all()[0], driver, start=START, vehicle=make_vehicle(driver))


@pytest.fixture
def pending(driver: User, station: Station) -> Booking:
    """Waits for an answer until half past eight, site time."""
    answer_by = NOW + timedelta(minutes=30)
    return make_booking(station.evses.all()[1], driver, start=START, status=S.PENDING, answer_by=answer_by)
