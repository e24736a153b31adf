"""The first page: the list of stations, its filters, its address."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Operator, User
from bookings.tests.pages.conftest import NINE, Browse, text_of
from evbooking.core.ocpi import ConnectorType
from stations.models import Station
from tests.factories import make_booking, make_evse, make_station, make_tariff, make_vehicle

pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    return [row.offer.name for row in answer.context["rows"]]


def test_a_row_says_what_a_driver_compares_by(browse: Browse, driver: User) -> None:
    station = make_station(name="Markt", evses=2)
    make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO, inhibits=["fault"])
    answer = browse(None).get("/")
    assert answer.status_code == 200
    text = text_of(answer)
    assert "Markt" in text
    assert "Jungfernstieg 1, Hamburg · Open 24 h" in text
    assert "2/3 free now" in text
    assert "Next free slot Tue 1 Dec 09:00" in text
    assert "from 0.50 EUR/kWh" in text
    assert "CCS2 · 50 kW · 0/1" in text
    assert "Type 2 · 11 kW · 2/2" in text


def test_the_nearest_stands_first_with_its_distance(browse: Browse) -> None:
    make_station(name="Far", latitude=53.60, longitude=9.99)
    make_station(name="Near", latitude=53.55, longitude=9.99)
    answer = browse(None).get("/", {"lat": "53.55", "lon": "9.99"})
    assert names(answer) == ["Near", "Far"]
    assert "5.6 km" in text_of(answer)


def test_words_search_by_name_and_lift_the_radius(browse: Browse) -> None:
    make_station(name="Altona", latitude=53.60)
    make_station(name="Harburg", latitude=53.46)
    answer = browse(None).get("/", {"q": "harb", "lat": "53.60", "lon": "9.99", "radius_km": "1"})
    assert names(answer) == ["Harburg"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"connector": "CHADEMO"}, ["Fast"]),
        ({"min_power_kw": "50"}, ["Fast"]),
        ({"facility": "HOTEL"}, ["Slow"]),
        ({"disabled_bay": "on"}, []),
        ({}, ["Fast", "Slow"]),
    ],
)
def test_filters_choose(browse: Browse, asked: dict[str, str], expected: list[str]) -> None:
    make_station(name="Slow", facilities=["HOTEL"])
    make_station(name="Fast", standard=ConnectorType.CHADEMO)
    assert sorted(names(browse(None).get("/", asked))) == expected


def test_with_a_day_only_stations_that_have_a_free_slot_then_are_found(browse: Browse, driver: User) -> None:
    full = make_station(name="Full", terms={"max_booking_duration": 2880})
    make_station(name="Free")
    make_booking(full.evses.get(), driver, start=NINE, minutes=24 * 60)
    answer = browse(None).get("/", {"day": "2026-12-01", "time": "10:00", "duration": "120"})
    assert names(answer) == ["Free"]
    assert "Next free slot Tue 1 Dec 10:00" in text_of(answer)


def test_my_car_finds_what_fits_it(browse: Browse, driver: User) -> None:
    make_station(name="Type 2")
    make_station(name="CHAdeMO", standard=ConnectorType.CHADEMO)
    car = make_vehicle(driver)
    assert names(browse(driver).get("/", {"vehicle": str(car.pk)})) == ["Type 2"]


def test_someone_elses_car_is_no_choice(browse: Browse, driver: User, stranger: User) -> None:
    make_station(name="Type 2")
    make_vehicle(driver)
    answer = browse(driver).get("/", {"vehicle": str(make_vehicle(stranger).pk)})
    assert answer.status_code == 200
    assert "vehicle" in answer.context["form"].errors
    assert names(answer) == ["Type 2"]


def test_stations_that_are_not_public_are_not_found(browse: Browse) -> None:
    make_station(name="Draft", approval=Station.Approval.DRAFT)
    assert "No station fits this search" in text_of(browse(None).get("/"))


@pytest.mark.parametrize(
    "asked",
    [
        {"lat": "NaN", "lon": "0"},
        {"lat": "91", "lon": "9.99"},
        {"lat": "53.5"},
        {"radius_km": "-1"},
        {"page": "0"},
        {"page": "²"},
        {"page": "99999999999999999999"},
        {"day": "yesterday", "time": "25:00", "duration": "-5"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31", "time": "23:59"},
        {"q": "\x00"},
        {"q": "%_\\' OR 1=1; <script>alert(1)</script>"},
        {"connector": "USB_C", "facility": "x", "min_power_kw": "1e9"},
    ],
)
def test_nonsense_in_the_address_is_left_out(browse: Browse, asked: dict[str, str]) -> None:
    make_station()
    answer = browse(None).get("/", asked)
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_a_long_list_comes_in_pages_that_keep_the_search(browse: Browse) -> None:
    first = make_station(name="Station 00")
    for number in range(1, 22):
        make_station(first.operator, tariff=first.tariff, name=f"Station {number:02}")
    answer = browse(None).get("/", {"q": "Station"})
    assert (len(names(answer)), answer.context["later"]) == (20, 2)
    assert b'href="?q=Station&amp;page=2"' in answer.content
    second = browse(None).get("/", {"q": "Station", "page": "2"})
    assert (names(second), second.context["later"]) == (["Station 20", "Station 21"], 0)


def test_a_signed_in_driver_goes_on_where_they_searched_last(browse: Browse, driver: User) -> None:
    make_station()
    client = browse(driver)
    client.get("/", {"lat": "53.1", "lon": "9.9", "radius_km": "3"})
    place = client.get("/").context["place"]
    assert (place.latitude, place.longitude, place.radius_km) == (53.1, 9.9, 3.0)


def test_the_map_shows_the_same_filters(browse: Browse) -> None:
    make_station()
    answer = browse(None).get(
        "/", {"q": "markt", "connector": "CHADEMO", "disabled_bay": "on", "min_power_kw": "50"}
    )
    assert answer.context["map_url"] == (
        "/api/v1/stations.geojson?q=markt&connector=CHADEMO&min_power_kw=50&disabled_bay=true"
    )


def test_a_tariff_without_a_price_per_kwh_shows_none(browse: Browse, operator: Operator) -> None:
    by_time = {
        "currency": "EUR",
        "tax_included": "YES",
        "elements": [{"price_components": [{"type": "TIME", "price": 2, "step_size": 60}]}],
    }
    make_station(operator, tariff=make_tariff(operator, by_time))
    answer = browse(None).get("/")
    assert answer.context["rows"][0].price is None
    assert answer.context["rows"][0].plugs[0].power_kw == Decimal(11)


def test_the_page_takes_few_queries_whatever_the_number_of_stations(
    browse: Browse, driver: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_vehicle(driver)
    for _ in range(8):
        make_station(evses=2)
    client = browse(driver)
    client.get("/")
    with django_assert_max_num_queries(7) as counted:
        client.get("/")
    before = len(counted)
    for _ in range(8):
        make_station(evses=2)
    client.get("/")
    with django_assert_max_num_queries(before):
        client.get("/")


@pytest.mark.parametrize("page", ["9" * 5000, "0", "-1", "²", "nonsense"])
def test_a_page_that_does_not_exist_is_the_first_or_empty(client: Client, db: None, page: str) -> None:
    assert client.get("/", {"page": page}).status_code == 200
