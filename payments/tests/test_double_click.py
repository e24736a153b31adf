"""Two clicks at once are one payment: one row, one intent, and no card is asked twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from bookings.models import Booking
from bookings.tests.races.crowd import at_once
from payments.models import BookingAccount, Customer, Payment
from payments.sandbox.tests.running import Running
from payments.services import checkout as module
from payments.services.checkout import Checkout, start_checkout
from payments.services.opening import open_account
from payments.services.sync import sync_payment
from payments.tests.paying import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
CLICKS = 4


def click(booking: Booking) -> Checkout | str:
    try:
        return start_checkout(Booking.objects.get(pk=booking.pk), now=NOW)
    except IntegrityError as error:
        return type(error).__name__


def test_clicks_at_once_are_one_intent(online_booking: Callable[..., Booking], sandbox: Running) -> None:
    booking = online_booking()
    got = at_once([lambda: click(booking)] * CLICKS)
    assert len({checkout.client_secret for checkout in got if isinstance(checkout, Checkout)}) == 1
    payment = Payment.objects.get()
    customer = str(Customer.objects.get().stripe_id)
    made = sandbox.client().v1.payment_intents.list({"customer": customer})
    assert [intent.id for intent in made.data] == [payment.stripe_id]
    assert BookingAccount.objects.count() == 1


def test_without_waiting_for_each_other_they_would_collide(
    online_booking: Callable[..., Booking], sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards off: all find no account and begin one; only the database's constraint is left."""
    booking, all_there = online_booking(), threading.Barrier(CLICKS)

    def open_together(*args: Any, **kwargs: Any) -> BookingAccount:
        all_there.wait(timeout=30)
        return open_account(*args, **kwargs)

    monkeypatch.setattr(module, "advisory_xact_lock", lambda *_: None)
    monkeypatch.setattr(module, "_read", lambda found: Booking.objects.get(pk=found.pk))
    monkeypatch.setattr(module, "open_account", open_together)
    got = at_once([lambda: click(booking)] * CLICKS)
    assert [one for one in got if one == "IntegrityError"] == ["IntegrityError"] * (CLICKS - 1)


def test_the_same_news_at_once_is_applied_once(
    online_booking: Callable[..., Booking], pay: Callable[..., str]
) -> None:
    booking = online_booking(security="PREPAYMENT")
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    got = at_once([lambda: sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=NOW)] * CLICKS)
    assert {payment.status for payment in got} == {"CAPTURED"}
    assert Booking.objects.get().transitions.filter(to_status="RESERVED").count() == 1
