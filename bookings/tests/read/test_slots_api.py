"""GET /slots and /stations/{id}/slots: what is shown can be booked, and nothing else is shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from stations.models import EVSE, Closure, Station
from tests import factories

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]
HERE = "lat=53.55&lon=10.0"


def get(client: APIClient, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_nearest_stations_come_first_with_their_free_starts(
    api: Api, station: Station, now: datetime
) -> None:
    factories.make_station(name="Far away", latitude=54.5)
    body = get(api(), f"/api/v1/slots?{HERE}&from=2026-12-01T08:05:00Z&to=2026-12-01T09:00:00Z")
    assert body["results"][0] == {
        "station": {
            "id": str(station.pk),
            "slug": station.slug,
            "name": station.name,
            "latitude": 53.5534,
            "longitude": 9.9921,
            "distance_km": 0.644,
        },
        "timeslot_increment_minutes": 15,
        "starts": ["2026-12-01T08:15:00Z", "2026-12-01T08:30:00Z", "2026-12-01T08:45:00Z"],
    }
    assert [one["station"]["name"] for one in body["results"]] == [station.name, "Far away"]


def test_a_station_with_nothing_free_is_shown_without_starts(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    for evse in station.evses.all():
        factories.make_booking(evse, driver, start=now, minutes=300)
    body = get(api(), f"/api/v1/slots?{HERE}&to=2026-12-01T10:00:00Z")
    assert [one["starts"] for one in body["results"]] == [[]]


def test_an_expired_hold_takes_nothing(api: Api, driver: User, now: datetime) -> None:
    station = factories.make_station()
    evse = station.evses.get()
    factories.make_booking(
        evse,
        driver,
        start=now,
        status=ReservationStatus.HELD,
        hold_expires_at=now,
        now=now - timedelta(hours=1),
    )
    body = get(api(), f"/api/v1/slots?{HERE}&to=2026-12-01T07:15:00Z")
    assert body["results"][0]["starts"] == ["2026-12-01T07:00:00Z"]


def test_a_days_slots_carry_the_price_of_the_unit_a_booking_takes(
    api: Api, driver: User, now: datetime
) -> None:
    station = factories.make_station()
    fast = factories.make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    slow = station.evses.exclude(pk=fast.pk).get()
    body = get(api(), f"/api/v1/stations/{station.pk}/slots?date_from=2026-12-02&date_to=2026-12-03")
    assert body["station"] == str(station.pk)
    assert len(body["results"]) == 96
    assert body["results"][0] == {
        "start": "2026-12-01T23:00:00Z",
        "end": "2026-12-02T00:00:00Z",
        "evse_uids": [slow.uid, fast.uid],
        "min_power_kw": "11",
        "quote": {"amount": "5.50", "currency": "EUR"},
        "availability_probability": None,
    }


def test_a_car_limits_the_power_and_the_price(api: Api, driver: User, now: datetime) -> None:
    station = factories.make_station(standard=ConnectorType.IEC_62196_T2_COMBO)
    vehicle = factories.make_vehicle(driver, max_dc_kw=Decimal(30))
    url = f"/api/v1/stations/{station.pk}/slots?duration_minutes=30&vehicle={vehicle.pk}"
    first = get(api(driver), url)["results"][0]
    assert (first["min_power_kw"], first["quote"]["amount"]) == ("30", "7.50")


def test_a_car_without_a_fitting_plug_finds_nothing(api: Api, driver: User, now: datetime) -> None:
    station = factories.make_station(standard=ConnectorType.CHADEMO)
    vehicle = factories.make_vehicle(driver)
    assert get(api(driver), f"/api/v1/stations/{station.pk}/slots?vehicle={vehicle.pk}")["results"] == []


def test_inhibited_walk_in_and_closed_evses_are_not_offered(api: Api, now: datetime) -> None:
    station = factories.make_station(evses=3)
    broken, kept, closed = station.evses.all()
    EVSE.objects.filter(pk=broken.pk).update(inhibits=[EVSE.Inhibit.FAULT])
    EVSE.objects.filter(pk=kept.pk).update(walk_in_only=True)
    Closure.objects.create(
        station=station, evse=closed, start=now, end=now + timedelta(hours=2), reason="new cable"
    )
    body = get(api(), f"/api/v1/stations/{station.pk}/slots?date_to=2026-12-01T10:00:00Z")
    assert [one["start"] for one in body["results"]] == [
        f"2026-12-01T09:{minute:02}:00Z" for minute in (0, 15, 30, 45)
    ]
    assert {uid for one in body["results"] for uid in one["evse_uids"]} == {closed.uid}


def test_a_change_is_seen_at_once_whatever_was_cached(api: Api, station: Station, now: datetime) -> None:
    url = f"/api/v1/stations/{station.pk}/slots"
    before = get(api(), url)
    station.terms.timeslot_increment_minutes = 60
    station.terms.min_booking_duration = 60
    station.terms.save()
    after = get(api(), url)
    assert (before["timeslot_increment_minutes"], after["timeslot_increment_minutes"]) == (15, 60)
    assert len(after["results"]) == 24


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ],
)
def test_days_are_as_long_as_they_are(api: Api, db: None, zone: str, day: str, hours: float) -> None:
    station = factories.make_station(
        time_zone=zone,
        terms={
            "timeslot_increment_minutes": 30,
            "min_booking_duration": 30,
            "booking_horizon_minutes": 525_600,
        },
    )
    after = (datetime.fromisoformat(day) + timedelta(days=1)).date()
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        body = get(api(), f"/api/v1/stations/{station.pk}/slots?date_from={day}&date_to={after}")
    assert len(body["results"]) == hours * 2


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000000", "draft"])
def test_a_station_nobody_may_see_is_not_found(api: Api, db: None, unknown: str) -> None:
    draft = factories.make_station(approval=Station.Approval.DRAFT)
    wanted = draft.pk if unknown == "draft" else uuid.UUID(unknown)
    assert get(api(), f"/api/v1/stations/{wanted}/slots", 404)["code"] == "not_found"
    assert get(api(), f"/api/v1/stations/{wanted}", 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("lon=10", "lat", "required"),
        ("lat=91&lon=10", "lat", "out_of_range"),
        ("lat=nan&lon=10", "lat", "invalid"),
        ("lat=inf&lon=10", "lat", "invalid"),
        ("lat=x&lon=10", "lat", "invalid"),
        (f"{HERE}&radius_km=-1", "radius_km", "out_of_range"),
        (f"{HERE}&limit=51", "limit", "out_of_range"),
        (f"{HERE}&limit=0", "limit", "out_of_range"),
        (f"{HERE}&duration_minutes=0", "duration_minutes", "out_of_range"),
        (f"{HERE}&duration_minutes=600000", "duration_minutes", "out_of_range"),
        (f"{HERE}&from=2026-12-01T08:00:00", "from", "naive_time"),
        (f"{HERE}&from=yesterday", "from", "invalid"),
        (f"{HERE}&from=9999-12-31T23:59:59Z", "from", "out_of_range"),
        (f"{HERE}&from=0001-01-01", "from", "out_of_range"),
        (f"{HERE}&from=2026-12-02&to=2026-12-01", "to", "end_before_start"),
        (f"{HERE}&from=2026-12-01&to=2026-12-03", "to", "range_too_long"),
        (f"{HERE}&connector=PLUG", "connector", "invalid"),
        (f"{HERE}&vehicle=mine", "vehicle", "unknown_vehicle"),
    ],
)
def test_bad_parameters_are_named(
    api: Api, db: None, now: datetime, query: str, field: str, code: str
) -> None:
    problem = get(api(), f"/api/v1/slots?{query}", 422)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert problem["code"] == code


def test_someone_elses_car_is_unknown(
    api: Api, station: Station, driver: User, stranger: User, now: datetime
) -> None:
    vehicle = factories.make_vehicle(stranger)
    problem = get(api(driver), f"/api/v1/stations/{station.pk}/slots?vehicle={vehicle.pk}", 422)
    assert problem["code"] == "unknown_vehicle"


def test_fourteen_days_are_shown_and_fifteen_refused(api: Api, station: Station, now: datetime) -> None:
    url = f"/api/v1/stations/{station.pk}/slots?date_from=2026-12-02&date_to="
    assert len(get(api(), url + "2026-12-16")["results"]) == 14 * 96
    assert get(api(), url + "2026-12-17", 422)["code"] == "range_too_long"


def test_an_unchanged_answer_is_a_304_until_a_booking_or_a_minute_changes_it(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    for url in (f"/api/v1/stations/{station.pk}/slots", f"/api/v1/slots?{HERE}"):
        etag = api().get(url)["ETag"]
        assert api().get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
        evse = station.evses.all()[0]
        booking = factories.make_booking(evse, driver, start=now + timedelta(hours=1))
        assert api().get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200
        booking.delete()
        assert api().get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
        EVSE.objects.filter(pk=evse.pk).update(inhibits=[EVSE.Inhibit.OFFLINE])
        assert api().get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200
        EVSE.objects.filter(pk=evse.pk).update(inhibits=[])


def test_the_number_of_queries_does_not_grow(
    api: Api, driver: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Nearest stations, what is new of them, what is taken; nothing is new the second time."""
    for _ in range(12):
        station = factories.make_station(evses=3)
        factories.make_booking(station.evses.all()[0], driver, start=now + timedelta(hours=1))
    url = f"/api/v1/slots?{HERE}&limit=30"
    with django_assert_num_queries(3):
        assert len(get(api(), url)["results"]) == 12
    with django_assert_num_queries(2):
        get(api(), url)
    with django_assert_num_queries(2):
        get(api(), f"/api/v1/stations/{station.pk}/slots")
