"""What is offered instead of a taken slot."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from bookings.availability import alternatives
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_the_nearest_in_time_come_first_then_the_nearest_in_place(driver: User, now: datetime) -> None:
    station = factories.make_station(name="Here")
    near = factories.make_station(name="Near", latitude=station.latitude + 0.01)
    factories.make_station(name="Too far", latitude=station.latitude + 0.2)
    start = now + 5 * HOUR
    for one in (station, near):
        factories.make_booking(one.evses.get(), driver, start=start)
    found = alternatives(station, start=start, end=start + HOUR, connector=None, now=now)
    assert [(one["station_name"], one["start"]) for one in found] == [
        ("Here", "2026-12-01T11:00:00Z"),
        ("Here", "2026-12-01T13:00:00Z"),
        ("Near", "2026-12-01T11:00:00Z"),
    ]
    assert found[0] == {
        "station": str(station.pk),
        "station_slug": station.slug,
        "station_name": "Here",
        "evse_uid": station.evses.get().uid,
        "start": "2026-12-01T11:00:00Z",
        "end": "2026-12-01T12:00:00Z",
        "quote": {"amount": "5.50", "currency": "EUR"},
    }


def test_only_plugs_that_fit_are_offered(driver: User, now: datetime) -> None:
    station = factories.make_station()
    start = now + HOUR
    assert alternatives(station, start=start, end=start + HOUR, connector="CHADEMO", now=now) == []
