"""Holds that end while their payment is under way: Stripe is asked first."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.models import Booking
from bookings.services.clock import expire_holds
from payments.models import Payment
from payments.sandbox.tests.running import Running
from payments.services.checkout import start_checkout
from payments.services.sweeping import sweep_holds, sweep_payments
from payments.services.sync import sync_payment
from payments.tests.paying import ALWAYS_ASKS, NOW, decline_of

pytestmark = pytest.mark.django_db
ENDED = NOW + timedelta(minutes=10)
Online = Callable[..., Booking]
Pay = Callable[..., str]


def state(booking: Booking) -> tuple[str, str]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.payment_status


def intent_status(sandbox: Running) -> str:
    payment = Payment.objects.get()
    return sandbox.client().v1.payment_intents.retrieve(str(payment.stripe_id)).status


def test_a_payment_that_no_webhook_told_of_keeps_its_slot(online_booking: Online, pay: Pay) -> None:
    booking = online_booking()
    pay(start_checkout(booking, now=NOW))
    assert expire_holds(ENDED) == 0
    assert sweep_holds(ENDED) == 1
    assert state(booking) == ("RESERVED", "secured")
    assert Payment.objects.get().authorised_amount == Decimal("6.60")


def test_without_asking_the_slot_of_who_has_paid_would_be_lost(online_booking: Online, pay: Pay) -> None:
    """The guard off: the clock alone, on a hold whose payment it does not see."""
    booking = online_booking()
    pay(start_checkout(booking, now=NOW))
    Booking.objects.filter(pk=booking.pk).update(payment_status="required")
    assert expire_holds(ENDED) == 1
    assert state(booking)[0] == "EXPIRED"


def test_what_was_not_paid_is_closed_at_stripe_and_let_go(online_booking: Online, sandbox: Running) -> None:
    booking = online_booking()
    decline_of(sandbox, start_checkout(booking, now=NOW))
    assert sweep_holds(ENDED) == 1
    assert state(booking)[0] == "EXPIRED"
    assert (intent_status(sandbox), Payment.objects.get().status) == ("canceled", "CANCELED")


def test_a_bank_question_that_is_open_at_the_end_is_closed(
    online_booking: Online, pay: Pay, sandbox: Running
) -> None:
    booking = online_booking()
    pay(start_checkout(booking, now=NOW), ALWAYS_ASKS)
    assert sweep_holds(ENDED) == 1
    assert (state(booking)[0], intent_status(sandbox)) == ("EXPIRED", "canceled")


def test_a_hold_whose_time_is_not_over_is_left_alone(online_booking: Online, sandbox: Running) -> None:
    booking = online_booking()
    start_checkout(booking, now=NOW)
    assert sweep_holds(ENDED - timedelta(seconds=1)) == 0
    assert (state(booking), intent_status(sandbox)) == (("HELD", "processing"), "requires_payment_method")


def test_while_stripe_is_away_the_slot_is_kept_but_not_for_ever(
    online_booking: Online, pay: Pay, settings: Any, sandbox: Running
) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert sweep_holds(ENDED + timedelta(minutes=29)) == 0
    assert state(booking) == ("HELD", "processing")
    assert sweep_holds(ENDED + timedelta(minutes=30)) == 1
    assert state(booking)[0] == "EXPIRED"
    settings.STRIPE_API_BASE = sandbox.url
    sync_payment(checkout.payment, now=ENDED + timedelta(minutes=31))
    assert state(booking) == ("RESERVED", "secured")


def test_an_open_payment_is_asked_about_without_any_webhook(online_booking: Online, pay: Pay) -> None:
    booking = online_booking()
    pay(start_checkout(booking, now=NOW))
    assert sweep_payments(NOW + timedelta(minutes=1)) == 0
    assert sweep_payments(NOW + timedelta(minutes=2)) == 1
    assert state(booking) == ("RESERVED", "secured")


def test_what_stays_open_is_asked_about_ever_more_rarely(online_booking: Online, sandbox: Running) -> None:
    start_checkout(online_booking(), now=NOW)
    asked = [minute for minute in range(1, 9) if sweep_payments(NOW + timedelta(minutes=minute))]
    assert asked == [2, 4, 8]
    assert Payment.objects.get().status == "PENDING"


def test_a_payment_whose_slot_is_gone_is_closed(online_booking: Online, sandbox: Running) -> None:
    booking = online_booking()
    start_checkout(booking, now=NOW)
    Booking.objects.filter(pk=booking.pk).update(status="CANCELED")
    assert sweep_payments(NOW) == 1
    assert (intent_status(sandbox), Payment.objects.get().status) == ("canceled", "CANCELED")
