"""The page of a booking: what it says and offers in each state, and to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, text_of
from stations.models import Station
from tests.factories import make_booking, make_station, make_vehicle

pytestmark = pytest.mark.django_db

TWO_HOURS = {"cancel_until_minutes": 120, "change_until_minutes": 120}
TEN_TO_ELEVEN = NINE + timedelta(minutes=50)


def make(station: Station, driver: User, status: str, **fields: Any) -> Booking:
    return make_booking(station.evses.all()[0], driver, start=NINE, status=status, now=NOW, **fields)


def page(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/"


def test_a_hold_counts_down_and_offers_to_confirm(browse: Browse, driver: User, station: Station) -> None:
    answer = browse(driver).get(page(make(station, driver, "HELD")))
    text = text_of(answer)
    assert "Confirm booking" in text
    assert "Let it go" in text
    assert "Pay at the charger." in text
    assert b'data-expires-at="2026-12-01T09:00:00+01:00"' in answer.content
    assert b'data-now="2026-12-01T08:50:00+01:00"' in answer.content


def test_a_hold_that_ran_out_offers_to_book_again(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "HELD")
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        text = text_of(browse(driver).get(page(booking)))
    assert "The hold is over" in text
    assert "Book here again" in text
    assert "Confirm booking" not in text


def test_a_waiting_one_says_until_when_the_operator_answers(
    browse: Browse, driver: User, station: Station
) -> None:
    booking = make(station, driver, "PENDING", answer_by=NINE - timedelta(minutes=30))
    assert "The operator answers by Tue 1 Dec 09:30 ." in text_of(browse(driver).get(page(booking)))


def test_a_reserved_one_says_when_and_where_to_plug_in(
    browse: Browse, driver: User, station: Station
) -> None:
    booking = make(station, driver, "RESERVED")
    booking.evse.physical_reference, booking.evse.floor_level = "B7", "-2"
    booking.evse.save()
    answer = browse(driver).get(page(booking))
    text = text_of(answer)
    assert "Plug in between 09:50 and 10:15 at charge point B7 on floor -2." in text
    assert "Plug in from Tue 1 Dec 09:50 on, then press the button." in text
    assert b'type="button" disabled aria-describedby="why-not-start"' in answer.content
    assert answer.context["qr"].startswith("data:image/svg+xml;")
    assert "Move it" in text
    assert "Cancel booking" in text


@pytest.mark.parametrize("minutes", [-10, 0, 15])
def test_inside_the_arrival_window_the_button_works(
    browse: Browse, driver: User, station: Station, minutes: int
) -> None:
    booking = make(station, driver, "RESERVED")
    with time_machine.travel(NINE + timedelta(minutes=minutes), tick=False):
        answer = browse(driver).get(page(booking))
    assert f'action="/bookings/{booking.reference}/start/"'.encode() in answer.content
    assert answer.context["page"].why_not_start == ""


def test_after_the_arrival_window_it_says_why_not(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    with time_machine.travel(NINE + timedelta(minutes=15, seconds=1), tick=False):
        text = text_of(browse(driver).get(page(booking)))
    assert "You could plug in until 10:15. The slot is given away." in text


def test_too_late_to_move_or_cancel_is_said_in_place_of_the_buttons(browse: Browse, driver: User) -> None:
    station = make_station(terms={"late_cancel_allowed": False, **TWO_HOURS})
    text = text_of(browse(driver).get(page(make(station, driver, "RESERVED"))))
    assert "It could be moved until Tue 1 Dec 08:00." in text
    assert "Move it" not in text
    assert "It is too late to cancel" in text


def test_a_charging_one_says_until_when_and_offers_to_stop(
    browse: Browse, driver: User, station: Station
) -> None:
    text = text_of(browse(driver).get(page(make(station, driver, "FULFILLED"))))
    assert "Your slot lasts until 11:00 . Leave within 5 min after that." in text
    assert "I have left" in text


@pytest.mark.parametrize(
    ("status", "fields", "words"),
    [
        ("COMPLETED", {"arrived_at": NINE, "stopped_at": TEN_TO_ELEVEN}, "You charged here from 10:00 until 10:50"),
        ("CANCELED", {"canceled_by": "DRIVER", "fee_amount": Decimal("2.75")}, "The fee is 2.75 EUR."),
        ("CANCELED", {"canceled_by": "OPERATOR"}, "The operator canceled this booking. You owe nothing."),
        ("CANCELED", {"canceled_by": "SYSTEM"}, "This booking was canceled for you. You owe nothing."),
        ("NO_SHOW", {"fee_amount": Decimal(3)}, "by 10:15, so the slot was given away. The fee is 3.00 EUR."),
        ("EXPIRED", {}, "Nothing was booked, and nothing is owed."),
        ("REJECTED", {}, "The operator said no"),
        ("FAILED", {}, "The operator did not answer in time."),
    ],
)  # fmt: skip
def test_one_that_is_over_says_how_it_ended_and_how_to_book_again(
    browse: Browse, driver: User, station: Station, status: str, fields: dict[str, Any], words: str
) -> None:
    text = text_of(browse(driver).get(page(make(station, driver, status, **fields))))
    assert words in text
    assert "Book here again" in text
    assert "Cancel booking" not in text


def test_the_history_tells_who_did_what(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    step = booking.transitions.create(at=NOW, from_status="HELD", to_status="RESERVED", actor=driver)
    booking.transitions.create(at=NOW, from_status="RESERVED", to_status="RESERVED", reason="Moved away.")
    text = text_of(browse(driver).get(page(booking)))
    assert "Reserved by you Tue 1 Dec 08:50" in text
    assert "Moved by evbooking: Moved away." in text
    assert step.actor == driver


def test_times_are_those_of_the_site(browse: Browse, driver: User) -> None:
    station = make_station(time_zone="Australia/Lord_Howe")
    text = text_of(browse(driver).get(page(make(station, driver, "RESERVED"))))
    assert "Tue 1 Dec 20:00–21:00 Lord Howe time, at the station" in text


@pytest.mark.parametrize("path", ["", "cancel/", "reschedule/", "start/", "confirm/", "stop/"])
def test_a_strangers_booking_is_not_there(
    browse: Browse, driver: User, stranger: User, station: Station, path: str
) -> None:
    booking = make(station, driver, "RESERVED")
    assert browse(stranger).get(page(booking) + path).status_code == 404
    assert browse(stranger).post(page(booking) + path).status_code in {404, 405}
    booking.refresh_from_db()
    assert booking.status == "RESERVED"


@pytest.mark.parametrize("path", ["", "cancel/", "reschedule/", "start/", "confirm/", "stop/"])
def test_nobody_is_asked_to_sign_in(browse: Browse, driver: User, station: Station, path: str) -> None:
    address = page(make(station, driver, "RESERVED")) + path
    answer = browse(None).get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("reference", ["NOWHERE2", "%00%00%00%00%00%00%00%00", "x", "'; DROP"])
def test_what_is_no_reference_is_not_found(browse: Browse, driver: User, reference: str) -> None:
    assert browse(driver).get(f"/bookings/{reference}/").status_code == 404


def test_the_page_takes_the_same_queries_for_any_history(
    browse: Browse, driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = make(station, driver, "RESERVED", vehicle=make_vehicle(driver))
    client = browse(driver)
    client.get(page(booking))
    for number in range(4):
        booking.transitions.create(at=NOW, from_status="HELD", to_status="RESERVED", reason=str(number))
    with django_assert_num_queries(5):
        client.get(page(booking))
