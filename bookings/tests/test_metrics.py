"""What /metrics says of bookings."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.models import User
from bookings.errors import SlotTaken
from bookings.metrics import open_bookings
from bookings.services.hold import hold_slot
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.core.relay import relay
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_open_bookings_are_counted_by_state_with_zeros(driver: User, station: Station) -> None:
    start = timezone.now()
    for status in (S.RESERVED, S.COMPLETED, S.CANCELED):
        make_booking(station.evses.all()[0], driver, start=start, status=status)
    make_booking(station.evses.all()[1], driver, start=start)
    (gauge,) = open_bookings()
    counted = {one.labels["state"]: one.value for one in gauge.samples}
    assert counted == {"HELD": 0, "PENDING": 0, "RESERVED": 2, "FULFILLED": 0}


def test_conflicts_and_events_are_counted_as_they_happen(driver: User, stranger: User) -> None:
    station = make_station()
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    conflicts = sample("evb_booking_conflicts_total")
    held = sample("evb_booking_events_total", event="held")
    hold_slot(driver, station=station, start=start, end=start + timedelta(hours=1), now=now)
    with pytest.raises(SlotTaken):
        hold_slot(stranger, station=station, start=start, end=start + timedelta(hours=1), now=now)
    relay()
    assert sample("evb_booking_conflicts_total") == conflicts + 1
    assert sample("evb_booking_events_total", event="held") == held + 1
