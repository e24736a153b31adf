"""POST /recommendations: the best slots, the record of what was shown, and of what was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import RecommendationShown
from bookings.services.recommend import mark_taken
from evbooking.core.ocpi import ConnectorType
from evbooking.core.relay import relay
from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]
URL = "/api/v1/recommendations"
NEED = {
    "latitude": 53.55,
    "longitude": 9.99,
    "connector": "IEC_62196_T2",
    "energy_kwh": "22",
    "earliest": "2026-12-01T08:00:00Z",
    "latest": "2026-12-01T12:00:00Z",
}


def test_the_best_slot_is_told_term_by_term(api: Api, station: Station, driver: User, now: datetime) -> None:
    answer = api(driver).post(URL, NEED)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["model"] == {"name": "weighted-greedy"}
    assert len(body["results"]) == 12
    first = body["results"][0]
    uid = station.evses.all()[0].uid
    assert first == {
        "rank": 1,
        "station": str(station.pk),
        "station_slug": station.slug,
        "station_name": station.name,
        "evse_uid": uid,
        "start": "2026-12-01T08:00:00Z",
        "end": "2026-12-01T10:00:00Z",
        "score": 13.33,
        "expected_cost": {"amount": "11.00", "currency": "EUR"},
        "terms": {
            "energy": {"amount": "11.00", "currency": "EUR"},
            "travel": {"amount": "2.33", "currency": "EUR"},
            "waiting": {"amount": "0.00", "currency": "EUR"},
            "duration_mismatch": {"amount": "0.00", "currency": "EUR"},
        },
        "effect_on_others": {"amount": "0.00", "currency": "EUR"},
        "distance_km": 0.403,
        "expected_wait_minutes": 0,
        "availability_probability": None,
        "explanation": "22 kWh for 11.00 EUR, 0.4 km away (2.33 for the way), starts when you wish.",
    }
    for one in body["results"]:
        cents = sum(round(Decimal(term["amount"]) * 100) for term in one["terms"].values())
        assert cents == round(one["score"] * 100)


def test_every_recommended_slot_can_be_booked_as_it_stands(api: Api, driver: User, now: datetime) -> None:
    busy = factories.make_station(evses=2, terms={"buffer_minutes": 10, "max_open_bookings_per_driver": 50})
    factories.make_evse(busy, standard=ConnectorType.IEC_62196_T2_COMBO)
    for evse, hours in zip(busy.evses.all(), (1, 3, 2), strict=True):
        factories.make_booking(evse, factories.make_user(), start=now + timedelta(hours=hours), minutes=45)
    vehicle = factories.make_vehicle(driver)
    need = {**NEED, "vehicle": str(vehicle.pk)}
    del need["connector"]
    shown = api(driver).post(URL, need).json()["results"]
    assert len(shown) == 12
    assert len({one["evse_uid"] for one in shown}) > 1
    for one in shown:
        client = api(factories.make_user())
        wanted = {name: one[name] for name in ("station", "evse_uid", "start", "end")}
        booked = client.post("/api/v1/bookings", wanted)
        assert booked.status_code == 201, booked.content
        assert client.post(f"/api/v1/bookings/{booked.json()['reference']}/cancel", {}).status_code == 200


def test_what_is_shown_is_remembered_and_what_is_taken_is_noted(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    shown = api(driver).post(URL, NEED).json()["results"]
    record = RecommendationShown.objects.get()
    assert (record.driver, record.ranker, record.at) == (driver, "weighted-greedy", now)
    assert [one["start"] for one in record.shown] == [one["start"] for one in shown]
    assert record.request["energy_kwh"] == "22"

    third = shown[2]
    start = datetime.fromisoformat(third["start"])
    booking = factories.make_booking(station.evses.all()[0], driver, start=start, minutes=120)
    assert mark_taken(booking, now=now + timedelta(minutes=59)) == record
    record.refresh_from_db()
    assert (record.taken, record.taken_rank) == (booking, 3)


def test_a_hold_of_a_recommended_slot_is_noted_by_the_relay(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    second = api(driver).post(URL, NEED).json()["results"][1]
    wanted = {name: second[name] for name in ("station", "start", "end")}
    booked = api(driver).post("/api/v1/bookings", wanted)
    assert booked.status_code == 201, booked.content
    relay()
    record = RecommendationShown.objects.get()
    assert record.taken
    assert (record.taken.reference, record.taken_rank) == (booked.json()["reference"], 2)


@pytest.mark.parametrize("case", ["another start", "another driver", "an hour later"])
def test_a_booking_of_something_else_is_no_answer_to_it(
    api: Api, station: Station, driver: User, stranger: User, now: datetime, case: str
) -> None:
    api(driver).post(URL, NEED)
    start = now + timedelta(hours=1, minutes=5 if case == "another start" else 0)
    who = stranger if case == "another driver" else driver
    booking = factories.make_booking(station.evses.all()[0], who, start=start)
    assert mark_taken(booking, now=now + timedelta(minutes=60 if case == "an hour later" else 1)) is None
    assert RecommendationShown.objects.get().taken is None


def test_a_full_neighbourhood_gives_an_empty_answer(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    for evse in station.evses.all():
        factories.make_booking(evse, driver, start=now, minutes=600)
    assert api(driver).post(URL, NEED).json()["results"] == []


def test_a_charge_longer_than_the_terms_allow_gets_the_longest_slot(
    api: Api, driver: User, now: datetime
) -> None:
    factories.make_station(terms={"max_booking_duration": 60})
    first = api(driver).post(URL, NEED).json()["results"][0]
    assert (first["end"], first["expected_cost"]["amount"]) == ("2026-12-01T09:00:00Z", "5.50")
    assert first["explanation"].endswith("gives less than the 22 kWh you asked for.")


def test_anonymous_callers_are_asked_to_sign_in(api: Api, station: Station) -> None:
    answer = api().post(URL, NEED)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert RecommendationShown.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"latitude": 91}, "latitude", "out_of_range"),
        ({"longitude": "east"}, "longitude", "invalid"),
        ({"energy_kwh": "0"}, "energy_kwh", "out_of_range"),
        ({"energy_kwh": "10000"}, "energy_kwh", "out_of_range"),
        ({"earliest": "2026-12-01T08:00:00"}, "earliest", "naive_time"),
        ({"latest": "2026-12-01T08:00:00Z"}, "latest", "end_before_start"),
        ({"latest": "2026-12-09T08:00:00Z"}, "latest", "range_too_long"),
        ({"preference": "luckiest"}, "preference", "invalid"),
        ({"connector": "PLUG"}, "connector", "invalid"),
        ({"connector": None}, "connector", "invalid"),
        ({"vehicle": "mine"}, "vehicle", "unknown_vehicle"),
        ({"value_of_time_eur_h": -1}, "value_of_time_eur_h", "out_of_range"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_bad_need_is_named_and_nothing_is_remembered(
    api: Api, driver: User, now: datetime, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = api(driver).post(URL, NEED | changes)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert RecommendationShown.objects.count() == 0


def test_a_plug_or_a_car_must_be_named(api: Api, driver: User, now: datetime) -> None:
    need = {name: value for name, value in NEED.items() if name != "connector"}
    assert api(driver).post(URL, need).json()["code"] == "required"


def test_the_number_of_queries_does_not_grow(
    api: Api, driver: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The user, the nearest stations, what is taken, the record of what was shown."""
    for _ in range(8):
        factories.make_station(evses=2)
    client = api(driver)
    client.post(URL, NEED)
    with django_assert_num_queries(4):
        client.post(URL, NEED)
