"""What each operation costs in SQL statements: reviewed numbers, the same whatever there is in the tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from stations.models import Station
from tests.factories import make_booking, make_vehicle

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
URL = "/api/v1/bookings"
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seven() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def wish(station: Station, hour: int, **more: Any) -> dict[str, Any]:
    start = START + timedelta(hours=hour)
    end = start + timedelta(hours=1)
    return {"station": str(station.pk), "start": start.isoformat(), "end": end.isoformat(), **more}


def test_a_hold_costs_eleven_statements_and_a_transaction(
    api: Api,
    driver: User,
    stranger: User,
    station: Station,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """The user and the station; then the driver's lock, the station's, the caps, who is there, the EVSE's lock,
    booking, history, audit and event, between the two statements of the transaction."""
    client = api(driver)
    client.post(URL, wish(station, 0))
    for hour in range(10, 20):
        make_booking(station.evses.all()[0], stranger, start=START + timedelta(hours=hour))
    with django_assert_num_queries(13):
        assert client.post(URL, wish(station, 1)).status_code == 201


def test_a_car_and_a_named_evse_cost_one_statement_each(
    api: Api, driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    client.post(URL, wish(station, 0))
    body = wish(station, 1, vehicle=str(make_vehicle(driver).pk), evse_uid=station.evses.all()[0].uid)
    with django_assert_num_queries(15):
        assert client.post(URL, body).status_code == 201


def test_a_list_costs_two_statements_however_long(
    api: Api, driver: User, staff: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, ours = api(driver), api(staff)
    for day in range(3):
        make_booking(station.evses.all()[0], driver, start=START + timedelta(days=day))
        with django_assert_num_queries(2):
            assert len(client.get(URL).json()["results"]) == day + 1
        with django_assert_num_queries(3):
            assert len(ours.get("/api/v1/operator/bookings").json()["results"]) == day + 1


def test_one_booking_costs_three_statements_and_an_unchanged_one_two(
    api: Api, driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    url = f"{URL}/{make_booking(station.evses.all()[0], driver, start=START).reference}"
    with django_assert_num_queries(3):
        etag = client.get(url)["ETag"]
    with django_assert_num_queries(2):
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_move_costs_four_statements_beside_finding_the_booking(
    api: Api, driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    reference = client.post(URL, wish(station, 0)).json()["reference"]
    with django_assert_num_queries(8):
        assert client.post(f"{URL}/{reference}/confirm").status_code == 200
