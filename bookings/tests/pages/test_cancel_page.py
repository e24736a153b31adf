"""Canceling: the fee first, and never a dearer one than was shown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, text_of
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db

HALF = {"late_cancel_share": 50, "cancel_until_minutes": 60}


def make(station: Station, driver: User, status: str = "RESERVED", **fields: Any) -> Booking:
    return make_booking(station.evses.get(), driver, start=NINE, status=status, now=NOW, **fields)


def address(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/cancel/"


def test_in_time_it_is_free_and_the_reason_is_kept(browse: Browse, driver: User) -> None:
    booking = make(make_station(terms=HALF), driver)
    client = browse(driver)
    assert "Fee free of charge" in text_of(client.get(address(booking)))
    answer = client.post(address(booking), {"fee": "0.00", "reason": "TRAFFIC"}, follow=True)
    assert "You canceled this booking." in text_of(answer)
    assert "What it would have cost" in text_of(answer)
    booking.refresh_from_db()
    assert (booking.status, booking.canceled_reason, booking.fee_amount) == (
        "CANCELED",
        "TRAFFIC",
        Decimal(0),
    )


def test_late_the_fee_stands_on_the_button(browse: Browse, driver: User) -> None:
    booking = make(make_station(terms=HALF), driver)
    with time_machine.travel(NINE - timedelta(minutes=30), tick=False):
        client = browse(driver)
        assert "Cancel booking for 2.75 EUR" in text_of(client.get(address(booking)))
        assert "Refund none, nothing was paid yet" in text_of(client.get(address(booking)))
        client.post(address(booking), {"fee": "2.75", "reason": ""})
    booking.refresh_from_db()
    assert (booking.status, booking.canceled_reason, booking.fee_amount) == (
        "CANCELED",
        "NO_CANCELED",
        Decimal("2.75"),
    )


def test_what_was_paid_comes_back_less_the_fee(browse: Browse, driver: User) -> None:
    booking = make(make_station(terms=HALF), driver, payment_status="secured", secured_amount=Decimal("6.60"))
    with time_machine.travel(NINE - timedelta(minutes=30), tick=False):
        text = text_of(browse(driver).get(address(booking)))
    assert "Fee 2.75 EUR Refund 3.85 EUR" in text


def test_a_fee_that_rose_meanwhile_is_shown_again_and_nothing_is_canceled(
    browse: Browse, driver: User
) -> None:
    booking = make(make_station(terms=HALF), driver)
    with time_machine.travel(NINE - timedelta(minutes=30), tick=False):
        answer = browse(driver).post(address(booking), {"fee": "0.00", "reason": ""})
    assert answer.status_code == 409
    assert "The fee has changed" in text_of(answer)
    assert "Cancel booking for 2.75 EUR" in text_of(answer)
    booking.refresh_from_db()
    assert (booking.status, booking.fee_amount) == ("RESERVED", Decimal(0))


def test_too_late_says_so_and_changes_nothing(browse: Browse, driver: User) -> None:
    booking = make(make_station(terms={"late_cancel_allowed": False}), driver)
    with time_machine.travel(NINE - timedelta(minutes=30), tick=False):
        client = browse(driver)
        for answer in (
            client.get(address(booking), follow=True),
            client.post(address(booking), {}, follow=True),
        ):
            assert "It is too late to cancel: the terms you accepted allow it no longer." in text_of(answer)
    assert Booking.objects.get().status == "RESERVED"


@pytest.mark.parametrize("status", ["FULFILLED", "COMPLETED", "CANCELED", "NO_SHOW"])
def test_what_is_over_cannot_be_canceled(browse: Browse, driver: User, station: Station, status: str) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=NINE, status=status, now=NOW)
    answer = browse(driver).post(address(booking), {"fee": "0"}, follow=True)
    assert "The booking is " in text_of(answer)
    assert (Booking.objects.get().status, booking.transitions.count()) == (status, 0)


@pytest.mark.parametrize("body", [{"reason": "POWER_OUTAGE"}, {"fee": "NaN"}, {"fee": "x", "reason": "\x00"}])
def test_nonsense_is_named_and_changes_nothing(browse: Browse, driver: User, body: dict[str, str]) -> None:
    booking = make(make_station(terms=HALF), driver)
    answer = browse(driver).post(address(booking), body)
    assert answer.status_code == 422
    assert "Please check what is marked." in text_of(answer)
    assert Booking.objects.get().status == "RESERVED"
