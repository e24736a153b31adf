"""My bookings: upcoming, waiting, past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, text_of
from stations.models import Station
from tests.factories import make_booking, make_evse, make_vehicle

pytestmark = pytest.mark.django_db


def references(pages: list[Any]) -> list[str]:
    return [page.booking.reference for page in pages]


def make(station: Station, driver: User, status: str, hours: int) -> Booking:
    start = NINE + timedelta(hours=hours)
    return make_booking(make_evse(station), driver, start=start, status=status, now=NOW)


def test_each_booking_stands_where_it_belongs(browse: Browse, driver: User, station: Station) -> None:
    later = make(station, driver, "RESERVED", 5)
    charging = make(station, driver, "FULFILLED", -1)
    held, pending = make(station, driver, "HELD", 1), make(station, driver, "PENDING", 2)
    past = [make(station, driver, status, -9) for status in ("COMPLETED", "CANCELED", "NO_SHOW", "REJECTED")]
    answer = browse(driver).get("/bookings/")
    assert answer.status_code == 200
    assert references(answer.context["coming"]) == [charging.reference, later.reference]
    assert references(answer.context["waiting"]) == [held.reference, pending.reference]
    assert sorted(references(answer.context["past_pages"])) == sorted(one.reference or "" for one in past)


def test_a_hold_that_ran_out_is_past_before_the_clock_marks_it(
    browse: Browse, driver: User, station: Station
) -> None:
    hold = make(station, driver, "HELD", 1)
    Booking.objects.update(hold_expires_at=NOW)
    answer = browse(driver).get("/bookings/")
    assert references(answer.context["past_pages"]) == [hold.reference]
    assert "Expired" in text_of(answer)


def test_nothing_of_anybody_elses_is_there(
    browse: Browse, driver: User, stranger: User, station: Station
) -> None:
    make(station, stranger, "RESERVED", 1)
    assert "Your bookings will stand here" in text_of(browse(driver).get("/bookings/"))


def test_past_ones_come_ten_to_a_page(browse: Browse, driver: User, station: Station) -> None:
    made = [make(station, driver, "COMPLETED", -24 * day) for day in range(1, 13)]
    client = browse(driver)
    assert references(client.get("/bookings/").context["past_pages"]) == [one.reference for one in made[:10]]
    assert references(client.get("/bookings/?page=2").context["past_pages"]) == [
        one.reference for one in made[10:]
    ]
    assert client.get("/bookings/?page=nonsense").status_code == 200


def test_nobody_is_asked_to_sign_in(browse: Browse) -> None:
    answer = browse(None).get("/bookings/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/bookings/")


def test_the_list_takes_the_same_queries_for_any_number(
    browse: Browse, driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(driver)
    car = make_vehicle(driver)
    make(station, driver, "RESERVED", 1)
    make(station, driver, "COMPLETED", -5)
    client.get("/bookings/")
    with django_assert_num_queries(7):
        client.get("/bookings/")
    for number in range(5):
        make(station, driver, "RESERVED", number + 2)
        make(station, driver, "COMPLETED", -9 - number)
    Booking.objects.update(vehicle=car)
    with django_assert_num_queries(7):
        client.get("/bookings/")
