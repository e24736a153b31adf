"""GET /stations, /stations/{id} and /stations.geojson."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Operator, User
from evbooking.core.ocpi import ConnectorType, Facility, VehicleType
from stations.models import EVSE, ParkingPlace, Station
from tests import factories

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]


def get(client: APIClient, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, answer.content
    return answer.json()


def names(client: APIClient, query: str) -> list[str]:
    return [one["name"] for one in get(client, f"/api/v1/stations?{query}")["results"]]


def test_a_station_in_the_list_says_what_a_driver_asks_first(
    api: Api, operator: Operator, driver: User, now: datetime
) -> None:
    station = factories.make_station(operator, evses=2, name="Jungfernstieg")
    factories.make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    factories.make_booking(station.evses.all()[0], driver, start=now - timedelta(minutes=30))
    station.refresh_from_db()
    [found] = get(api(), "/api/v1/stations?lat=53.5534&lon=9.9921")["results"]
    assert found == {
        "id": str(station.pk),
        "slug": station.slug,
        "name": "Jungfernstieg",
        "operator": {"id": str(operator.pk), "name": "Nordstrom Charging"},
        "address": "Jungfernstieg 1",
        "city": "Hamburg",
        "postal_code": "",
        "country": "DEU",
        "latitude": 53.5534,
        "longitude": 9.9921,
        "time_zone": "Europe/Berlin",
        "distance_km": 0.0,
        "max_power_kw": "50",
        "evse_count": 3,
        "available_count": 2,
        "connectors": [
            {"standard": "IEC_62196_T2_COMBO", "count": 1, "max_power_kw": "50"},
            {"standard": "IEC_62196_T2", "count": 2, "max_power_kw": "11"},
        ],
        "price_from": {"per_kwh": {"amount": "0.50", "currency": "EUR"}},
        "opening_times": {"twentyfourseven": True},
        "status": "AVAILABLE",
        "last_updated": "2026-12-01T07:00:00Z",
    }


def test_without_a_place_the_order_is_by_name_and_there_is_no_distance(api: Api) -> None:
    for name in ("Zoo", "Alster", "Mitte"):
        factories.make_station(name=name)
    results = get(api(), "/api/v1/stations")["results"]
    assert [one["name"] for one in results] == ["Alster", "Mitte", "Zoo"]
    assert {one["distance_km"] for one in results} == {None}


def test_pages_follow_each_other_by_distance(api: Api) -> None:
    for km in range(7):
        factories.make_station(name=f"Station {km}", latitude=53.5 + km / 100)
    url: str | None = "/api/v1/stations?lat=53.5&lon=9.9921&page_size=3"
    seen, pages = [], 0
    while url:
        body = get(api(), url)
        seen += [one["name"] for one in body["results"]]
        url, pages = body["next"], pages + 1
    assert (seen, pages) == ([f"Station {km}" for km in range(7)], 3)


def test_the_nearest_of_a_date_line_neighbour_is_found(api: Api) -> None:
    factories.make_station(name="West of it", latitude=-17.0, longitude=179.99, time_zone="Pacific/Fiji")
    factories.make_station(name="Far", latitude=-17.0, longitude=170.0, time_zone="Pacific/Fiji")
    assert names(api(), "lat=-17&lon=-179.99&radius_km=50") == ["West of it"]
    assert names(api(), "lat=-17&lon=-179.99") == ["West of it", "Far"]


@pytest.mark.parametrize(
    "query",
    [
        "q=landungs",
        "q=20359",
        "q=LANDUNGSBRÜCKEN hamburg",
        "q=harbour power",
        "connector=CHADEMO",
        "min_power_kw=22.5",
        "facility=CAFE",
        "disabled_bay=true",
        "lat=53.5459&lon=9.9695&radius_km=0.5",
        "connector=CHADEMO&min_power_kw=50&q=brücken&facility=CAFE",
    ],
)
def test_each_filter_finds_the_one_station_it_is_about(api: Api, query: str) -> None:
    factories.make_station(name="Elsewhere", facilities=[Facility.MALL])
    wanted = factories.make_station(
        factories.make_operator("Harbour Power"),
        name="Landungsbrücken",
        postal_code="20359",
        latitude=53.5459,
        longitude=9.9695,
        facilities=[Facility.CAFE],
        standard=ConnectorType.CHADEMO,
    )
    bay = ParkingPlace.objects.create(station=wanted, vehicle_types=[VehicleType.DISABLED])
    wanted.evses.get().parking_places.add(bay)
    assert names(api(), query) == ["Landungsbrücken"]


def test_signs_of_like_are_plain_letters_in_a_search(api: Api) -> None:
    factories.make_station(name="100% Sun")
    factories.make_station(name="1000 Suns")
    assert names(api(), "q=100%25") == ["100% Sun"]
    assert names(api(), "q=100_") == []
    assert names(api(), "q=' OR 1=1 --") == []


def test_the_operator_filter_takes_an_id_and_an_unknown_one_finds_nothing(
    api: Api, operator: Operator
) -> None:
    factories.make_station(operator, name="Ours")
    factories.make_station(name="Theirs")
    assert names(api(), f"operator={operator.pk}") == ["Ours"]
    assert names(api(), "operator=nobody") == []


def test_only_stations_with_a_free_start_are_found_in_a_time(api: Api, driver: User, now: datetime) -> None:
    full, free = factories.make_station(name="Full"), factories.make_station(name="Free")
    factories.make_booking(full.evses.get(), driver, start=now, minutes=600)
    assert free.pk
    window = "available_from=2026-12-01T08:00:00Z&available_to=2026-12-01T10:00:00Z"
    assert names(api(), window) == ["Free"]
    assert names(api(), f"{window}&connector=CHADEMO") == []
    assert names(api(), "available_from=2026-12-01T08:00:00Z&available_to=2026-12-01T18:00:00Z") == [
        "Free",
        "Full",
    ]


def test_stations_that_are_not_public_are_found_only_as_removed(api: Api, now: datetime) -> None:
    for approval in Station.Approval:
        factories.make_station(name=approval, approval=approval)
    suspended = factories.make_operator("Gone")
    factories.make_station(suspended, name="of a suspended operator")
    Operator.objects.filter(pk=suspended.pk).update(status=Operator.Status.SUSPENDED)
    assert names(api(), "") == ["APPROVED"]
    results = get(api(), "/api/v1/stations?updated_since=2026-12-01T07:00:00Z")["results"]
    assert {one["name"]: one["status"] for one in results} == {
        "APPROVED": "AVAILABLE",
        "SUSPENDED": "REMOVED",
        "of a suspended operator": "REMOVED",
    }
    assert names(api(), "updated_since=2026-12-01T07:00:00.000001Z") == []


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("lat=53", "lon", "required"),
        ("lon=9", "lat", "required"),
        ("lat=-90.1&lon=0", "lat", "out_of_range"),
        ("page_size=0", "page_size", "invalid"),
        ("page_size=x", "page_size", "invalid"),
        ("cursor=x", "cursor", "invalid"),
        ("min_power_kw=NaN", "min_power_kw", "invalid"),
        ("min_power_kw=-1", "min_power_kw", "out_of_range"),
        ("connector=PLUG", "connector", "invalid"),
        ("facility=POOL", "facility", "invalid"),
        ("q=" + "x" * 101, "q", "too_long_text"),
        ("updated_since=2026-12-01T08:00:00", "updated_since", "naive_time"),
        ("available_from=2026-12-01&available_to=2026-12-16", "available_to", "range_too_long"),
    ],
)
def test_bad_parameters_are_named(api: Api, query: str, field: str, code: str) -> None:
    problem = get(api(), f"/api/v1/stations?{query}", 422)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


def test_a_huge_page_is_a_full_page(api: Api, station: Station) -> None:
    assert len(get(api(), "/api/v1/stations?page_size=100000000000")["results"]) == 1


def test_the_detail_adds_evses_tariff_and_terms(api: Api, station: Station, now: datetime) -> None:
    first, second = station.evses.all()
    EVSE.objects.filter(pk=second.pk).update(inhibits=[EVSE.Inhibit.MAINTENANCE], status_since=now)
    body = get(api(), f"/api/v1/stations/{station.pk}")
    assert body["evses"] == [
        {
            "uid": evse.uid,
            "evse_id": None,
            "physical_reference": evse.physical_reference,
            "floor_level": None,
            "status": status,
            "status_since": since,
            "stale": False,
            "disabled_bay": False,
            "connectors": [
                {
                    "id": "1",
                    "standard": "IEC_62196_T2",
                    "format": "SOCKET",
                    "power_type": "AC_3_PHASE",
                    "max_power_kw": "11",
                }
            ],
            "bookable": bookable,
        }
        for evse, status, since, bookable in (
            (first, "AVAILABLE", None, True),
            (second, "INOPERATIVE", "2026-12-01T07:00:00Z", False),
        )
    ]
    assert body["tariff"] == factories.ENERGY_TARIFF
    assert body["booking_terms"]["timeslot_increment_minutes"] == 15
    assert body["booking_terms"]["noshow_fee_amount"] == {"amount": "0.00", "currency": "EUR"}
    assert (body["facilities"], body["images"], body["available_count"]) == ([], [], 1)


def test_the_detail_is_a_304_until_something_shown_changes(
    api: Api, station: Station, driver: User, now: datetime
) -> None:
    url = f"/api/v1/stations/{station.pk}"
    etag = api().get(url)["ETag"]
    assert api().get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    factories.make_booking(station.evses.all()[0], driver, start=now)
    changed = api().get(url, HTTP_IF_NONE_MATCH=etag)
    assert (changed.status_code, changed.json()["available_count"]) == (200, 1)


def test_pins_lie_in_the_box_with_what_is_free(api: Api, driver: User, now: datetime) -> None:
    station = factories.make_station(evses=2)
    factories.make_booking(station.evses.all()[0], driver, start=now)
    factories.make_station(name="Outside", latitude=50.0)
    body = get(api(), "/api/v1/stations.geojson?bbox=9,53,11,54")
    assert body == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(station.pk),
                "geometry": {"type": "Point", "coordinates": [9.9921, 53.5534]},
                "properties": {
                    "id": str(station.pk),
                    "slug": station.slug,
                    "name": station.name,
                    "evse_count": 2,
                    "available_count": 1,
                    "price_from": {"per_kwh": {"amount": "0.50", "currency": "EUR"}},
                },
            }
        ],
        "truncated": False,
    }


def test_a_box_may_cross_the_date_line(api: Api) -> None:
    factories.make_station(name="Fiji", latitude=-17.0, longitude=179.5)
    factories.make_station(name="Hamburg")
    found = get(api(), "/api/v1/stations.geojson?bbox=170,-20,-170,-10")["features"]
    assert [one["properties"]["name"] for one in found] == ["Fiji"]


@pytest.mark.parametrize(
    ("bbox", "code"),
    [
        ("", "required"),
        ("bbox=1,2,3", "invalid"),
        ("bbox=a,b,c,d", "invalid"),
        ("bbox=0,0,0,nan", "invalid"),
        ("bbox=9,54,11,53", "invalid"),
        ("bbox=-181,0,1,1", "out_of_range"),
    ],
)
def test_a_bad_box_is_refused(api: Api, bbox: str, code: str) -> None:
    assert get(api(), f"/api/v1/stations.geojson?{bbox}", 422)["code"] == code


def test_a_day_on_which_nothing_is_free_costs_a_bounded_number_of_queries(
    station: Station, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr("bookings.selectors.search._CHUNK", 1)
    monkeypatch.setattr("bookings.selectors.search._CANDIDATES", 3)
    for _ in range(6):
        factories.make_station(station.operator)
    with django_assert_max_num_queries(3 * 5):
        found = APIClient().get(
            "/api/v1/stations", {"available_from": "2031-01-01", "available_to": "2031-01-02"}
        )
    assert found.json()["results"] == []
