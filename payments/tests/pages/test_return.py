"""Coming back from the card: each way it can have gone, and what to do next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from bookings.models import Booking
from bookings.services.paying import expire_hold
from payments.models import OperatorAccount, Payment
from payments.sandbox.tests.running import Running
from payments.services.checkout import Checkout, start_checkout
from payments.tests.paying import ALWAYS_ASKS, NOW, decline_of
from payments.tests.settling.till import Till
from stations.models import Station

pytestmark = pytest.mark.django_db
OnlineBooking = Callable[..., Booking]


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def till(sandbox: Running, ready_operator: OperatorAccount, driver: User, station: Station) -> Till:
    account = str(ready_operator.stripe_id)
    return Till(sandbox, sandbox.client(), account, driver, station.evses.earliest("uid"))


def back(page: Client, booking: Booking, **headers: str) -> str:
    answer = page.get(f"/bookings/{booking.reference}/checkout/return/", headers=headers or None)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def begun(booking: Booking) -> Checkout:
    return start_checkout(booking, now=NOW)


def test_a_card_that_paid_reserves_the_slot_before_any_webhook(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking()
    pay(begun(booking))
    text = back(page, booking)
    assert "Your slot is reserved" in text
    assert "6.60 EUR is reserved on Visa" in text
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")


def test_a_saved_card_takes_nothing(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking(starts_in=timedelta(days=9))
    pay(begun(booking))
    assert "Nothing was taken." in back(page, booking)
    assert Payment.objects.get().status == "SAVED"


def test_a_prepayment_is_paid(page: Client, online_booking: OnlineBooking, pay: Callable[..., str]) -> None:
    booking = online_booking(security="PREPAYMENT")
    pay(begun(booking))
    assert "5.50 EUR was paid with Visa" in back(page, booking)


def test_where_the_operator_must_answer_the_driver_is_told(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking(approval_required=True)
    pay(begun(booking))
    assert "Your wish is with the operator" in back(page, booking)


def test_a_declined_card_leads_to_another(
    page: Client, online_booking: OnlineBooking, sandbox: Running
) -> None:
    booking = online_booking()
    decline_of(sandbox, begun(booking))
    text = back(page, booking)
    assert "The card did not work" in text
    assert "Your slot is kept until 09:10." in text
    assert f'href="/bookings/{booking.reference}/checkout/"' in text


def test_an_open_question_of_the_bank_leads_back_to_it(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking()
    pay(begun(booking), ALWAYS_ASKS)
    assert "Your bank&#x27;s question is open" in back(page, booking)


def test_nothing_paid_yet_leads_to_the_payment(page: Client, online_booking: OnlineBooking) -> None:
    booking = online_booking()
    assert "Nothing was paid yet" in back(page, booking)
    begun(booking)
    assert "Nothing was paid yet" in back(page, booking)


def test_while_stripe_is_away_the_page_waits_and_asks_again(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str], settings: Settings
) -> None:
    booking = online_booking()
    pay(begun(booking))
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    Payment.objects.update(status=Payment.Status.PROCESSING)
    text = back(page, booking)
    assert "Your payment is being processed" in text
    assert 'hx-trigger="every 2s"' in text
    part = back(page, booking, **{"HX-Request": "true"})
    assert part.startswith("{#") is False
    assert "<html" not in part
    assert 'id="outcome"' in part


def test_a_poll_asks_only_our_own_rows(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking()
    pay(begun(booking))
    back(page, booking, **{"HX-Request": "true"})
    booking.refresh_from_db()
    assert booking.status == "HELD"


def test_a_dearer_slot_that_was_taken_meanwhile_leaves_the_booking_where_it_was(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking()
    pay(begun(booking))
    back(page, booking)
    Payment.objects.update(purpose=Payment.Purpose.RESCHEDULE, failure_code="slot_taken")
    text = back(page, booking)
    assert "Someone took the new slot meanwhile" in text
    assert "Your booking stands where it was" in text


def test_a_hold_that_ran_out_unpaid_says_so(page: Client, online_booking: OnlineBooking) -> None:
    booking = online_booking()
    begun(booking)
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        text = back(page, booking)
    assert "The hold is over" in text
    assert "nothing was taken" in text


def test_a_payment_after_the_slot_was_taken_goes_back(
    page: Client,
    online_station: Callable[..., Any],
    online_booking: OnlineBooking,
    pay: Callable[..., str],
    stranger: Any,
) -> None:
    station = online_station(evses=1)
    booking = online_booking(station=station)
    checkout = begun(booking)
    later = NOW + timedelta(minutes=12)
    with time_machine.travel(later, tick=False):
        expire_hold(booking, now=later)
        online_booking(
            station=station, by=stranger, now=later, starts_in=timedelta(hours=4) - timedelta(minutes=12)
        )
        pay(checkout)
        text = back(page, booking)
    assert "Someone took this slot meanwhile" in text
    assert "on its way back to your card" in text
    booking.refresh_from_db()
    assert booking.status == "EXPIRED"


@pytest.mark.parametrize("status", ["COMPLETED", "NO_SHOW", "CANCELED"])
def test_a_debt_that_was_paid_is_a_bill_that_is_paid_and_no_slot(
    page: Client, till: Till, pay: Callable[..., str], status: str
) -> None:
    """However the booking ended: nobody says that the slot is theirs, is gone, or waits for the bank."""
    account, _ = till.visit()
    till.saved(account, "")
    till.settle(account)
    Booking.objects.update(status=status)
    booking = Booking.objects.get()
    checkout = begun(booking)
    assert "Nothing is being paid" in back(page, booking)
    pay(checkout)
    text = back(page, booking)
    assert "Your bill is paid" in text
    assert "5.50 EUR was paid with Visa .... 4242." in text
    assert "hx-trigger" not in text


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED", "FAILED", "NO_SHOW", "COMPLETED"])
def test_a_booking_that_was_promised_and_is_over_is_told_as_that(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str], status: str
) -> None:
    booking = online_booking()
    pay(begun(booking))
    back(page, booking)
    Booking.objects.update(status=status)
    text = back(page, booking)
    assert "This booking is over" in text
    assert "hx-trigger" not in text


def test_a_payment_for_another_slot_that_was_let_go_is_no_payment_under_way(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str]
) -> None:
    booking = online_booking()
    pay(begun(booking))
    back(page, booking)
    Payment.objects.update(purpose=Payment.Purpose.RESCHEDULE, status=Payment.Status.CANCELED)
    text = back(page, booking)
    assert "Nothing is being paid" in text
    assert "hx-trigger" not in text
