"""Every start that is shown can be booked as it stands, through the API, on days full of bookings."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from evbooking.core.ocpi import ConnectorType
from stations.models import Closure, Station
from tests import factories

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]


@pytest.fixture
def dense(now: datetime) -> Station:
    """Closed at night, with buffers, a closure, two kinds of plugs, and two days of other people's bookings."""
    station = factories.make_station(
        evses=2,
        terms={"buffer_minutes": 7, "timeslot_increment_minutes": 10, "min_booking_duration": 10},
        opening_times={
            "twentyfourseven": False,
            "regular_hours": [
                {"weekday": day, "period_begin": "06:10", "period_end": "01:00"} for day in range(1, 8)
            ],
        },
    )
    factories.make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    Closure.objects.create(
        station=station, start=now + timedelta(hours=20), end=now + timedelta(hours=21), reason="works"
    )
    dice, other = random.Random(1), factories.make_user()
    for evse in station.evses.all():
        at = now
        while at < now + timedelta(days=2):
            at += timedelta(minutes=10 * dice.randint(0, 12))
            minutes = 10 * dice.randint(2, 18)
            end = at + timedelta(minutes=minutes)
            factories.make_booking(
                evse, other, start=at, minutes=minutes, blocked_until=end + timedelta(minutes=7)
            )
            at = end + timedelta(minutes=10)
    return station


def test_shown_starts_of_a_station_can_be_booked_at_each_evse_shown(
    api: Api, dense: Station, now: datetime
) -> None:
    shown = api().get(f"/api/v1/stations/{dense.pk}/slots?duration_minutes=40&date_to=2026-12-03").json()
    assert 20 < len(shown["results"]) < 260
    for slot in random.Random(2).sample(shown["results"], 12):
        for uid in slot["evse_uids"]:
            wanted = {"station": str(dense.pk), "evse_uid": uid, "start": slot["start"], "end": slot["end"]}
            book_and_let_go(api, wanted)


def test_without_a_wish_for_an_evse_the_price_and_the_unit_are_those_shown(
    api: Api, dense: Station, now: datetime
) -> None:
    shown = api().get(f"/api/v1/stations/{dense.pk}/slots?duration_minutes=40").json()["results"]
    for slot in random.Random(3).sample(shown, 8):
        wanted = {"station": str(dense.pk), "start": slot["start"], "end": slot["end"]}
        booked = book_and_let_go(api, wanted)
        assert booked["evse_uid"] == slot["evse_uids"][0]
        assert booked["quote"]["total"] == slot["quote"]


def test_shown_starts_of_the_nearest_stations_can_be_booked_there(
    api: Api, dense: Station, now: datetime
) -> None:
    query = "lat=53.55&lon=10&duration_minutes=40&to=2026-12-02T07:00:00Z"
    [found] = api().get(f"/api/v1/slots?{query}").json()["results"]
    for start in random.Random(4).sample(found["starts"], 8):
        end = datetime.fromisoformat(start) + timedelta(minutes=40)
        book_and_let_go(api, {"station": str(dense.pk), "start": start, "end": end.isoformat()})


def book_and_let_go(api: Api, wanted: dict[str, str]) -> dict[str, Any]:
    """Book as a new driver, and cancel, so that each sample meets the world as it was shown."""
    client = api(factories.make_user())
    booked = client.post("/api/v1/bookings", wanted)
    assert booked.status_code == 201, booked.content
    body: dict[str, Any] = booked.json()
    assert client.post(f"/api/v1/bookings/{body['reference']}/cancel", {}).status_code == 200
    return body
