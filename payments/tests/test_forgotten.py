"""What Stripe does not know any more: ids of another account, or of a sandbox that was wiped."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from bookings.models import Booking
from payments.models import BookingAccount, Customer, OperatorAccount, Payment
from payments.sandbox.tests.running import Running
from payments.services.cards import cards_of
from payments.services.checkout import start_checkout
from payments.services.customers import customer_of, replace_customer
from payments.services.payouts import pay_out_due, sweep_payouts
from payments.services.settling import settle_account
from payments.services.sweeping import authorise_due, remind_failed, sweep_holds, sweep_payments
from payments.services.sync import sync_payment
from payments.tests.conftest import started, use
from payments.tests.paying import NOW, confirm
from payments.tests.settling.till import Till
from stations.models import EVSE

pytestmark = pytest.mark.django_db
Online = Callable[..., Booking]
Pay = Callable[..., str]
Wipe = Callable[[], Running]


@pytest.fixture
def wipe(settings: Settings, ready_operator: OperatorAccount) -> Iterator[Wipe]:
    """`wipe()`: from now on another sandbox answers, which knows the operator's account and nothing else of ours."""
    others: list[Running] = []

    def change() -> Running:
        other = use(started(), settings)
        others.append(other)
        wanted: Any = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
        made = other.client().v1.accounts.create({"country": "DE", "capabilities": wanted})
        other.control(f"accounts/{made.id}/onboard")
        OperatorAccount.objects.update(stripe_id=made.id)
        BookingAccount.objects.update(destination=made.id)
        return other

    yield change
    for other in others:
        other.stop()


def paid(booking: Booking, pay: Pay, card: str = "pm_card_visa") -> Payment:
    checkout = start_checkout(booking, now=NOW)
    pay(checkout, card)
    return sync_payment(checkout.payment, now=NOW)


def test_a_driver_that_stripe_forgot_is_its_customer_anew(
    online_booking: Online, pay: Pay, wipe: Wipe, driver: User
) -> None:
    paid(online_booking(), pay)
    before = customer_of(driver, now=NOW)
    other = wipe()
    checkout = start_checkout(online_booking(starts_in=timedelta(hours=30)), now=NOW)
    after = Customer.objects.get(driver=driver).stripe_id
    assert (checkout.customer, checkout.status) == (after, "requires_payment_method")
    assert after != before
    assert [one.id for one in other.client().v1.customers.list().data] == [after]
    refused = Payment.objects.get(status="FAILED")
    assert (refused.failure_code, refused.stripe_id) == ("resource_missing", None)


def test_two_that_replace_the_same_customer_get_the_same(
    online_booking: Online, wipe: Wipe, driver: User, sandbox: Running
) -> None:
    before = customer_of(driver, now=NOW)
    other = wipe()
    first = replace_customer(driver, before, now=NOW)
    assert replace_customer(driver, before, now=NOW) == first
    assert len(other.client().v1.customers.list().data) == 1


def test_a_checkout_whose_intent_is_lost_begins_anew_and_is_paid_once(
    online_booking: Online, wipe: Wipe, driver: User
) -> None:
    booking = online_booking()
    lost = start_checkout(booking, now=NOW).payment
    other = wipe()
    checkout = start_checkout(booking, now=NOW)
    lost.refresh_from_db()
    assert (lost.status, lost.failure_code) == ("FAILED", "resource_missing")
    assert checkout.payment.pk != lost.pk
    assert confirm(other, checkout) == "requires_capture"
    sync_payment(checkout.payment, now=NOW)
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")
    assert len(other.client().v1.payment_intents.list().data) == 1


def test_the_doors_of_a_driver_that_stripe_forgot_answer(
    online_booking: Online, pay: Pay, wipe: Wipe, driver: User, client: Client
) -> None:
    paid(online_booking(), pay)
    booking = online_booking(starts_in=timedelta(hours=30))
    start_checkout(booking, now=NOW)
    wipe()
    client.force_login(driver)
    assert cards_of(driver) == []
    answer = client.get("/api/v1/payment-methods")
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert client.delete("/api/v1/payment-methods/pm_123").status_code == 404
    for name, of in (("methods", []), ("return", [booking.reference]), ("checkout", [booking.reference])):
        assert client.get(reverse(f"payments:{name}", args=of)).status_code == 200, name
    path = f"/api/v1/bookings/{booking.reference}/checkout"
    answer = client.post(path, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (200, "requires_payment_method")


def test_a_hold_whose_payment_is_lost_is_let_go_in_time(
    online_booking: Online, wipe: Wipe, caplog: pytest.LogCaptureFixture
) -> None:
    booking = online_booking()
    start_checkout(booking, now=NOW)
    wipe()
    with caplog.at_level(logging.ERROR):
        sweep_holds(NOW + timedelta(hours=1))
    booking.refresh_from_db()
    assert (booking.status, Payment.objects.get().status) == ("EXPIRED", "FAILED")
    assert "Stripe does not know pi_" in caplog.text


def test_a_lost_payment_stops_no_sweeper(online_booking: Online, wipe: Wipe, sandbox: Running) -> None:
    booking = online_booking()
    start_checkout(booking, now=NOW)
    other = wipe()
    second = start_checkout(online_booking(starts_in=timedelta(hours=30)), now=NOW)
    confirm(other, second)
    assert sweep_payments(NOW + timedelta(minutes=5)) == 2
    statuses = Payment.objects.exclude(stripe_id=None).order_by("created_at").values_list("status", flat=True)
    assert sorted(statuses) == ["AUTHORISED", "FAILED"]
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("HELD", "required")


def test_a_saved_card_that_is_lost_is_asked_for_again(online_booking: Online, pay: Pay, wipe: Wipe) -> None:
    booking = online_booking(starts_in=timedelta(days=20))
    paid(booking, pay)
    wipe()
    due = booking.start - timedelta(hours=47)
    assert authorise_due(due) == 1
    booking.refresh_from_db()
    account = BookingAccount.objects.get()
    assert (booking.status, booking.payment_status) == ("RESERVED", "failed")
    assert account.grace_until is not None
    remind_failed(account.grace_until)
    booking.refresh_from_db()
    assert booking.status == "CANCELED"


def test_an_authorisation_that_is_lost_is_owed(till: Till, wipe: Wipe) -> None:
    account, _ = till.visit()
    payment = till.authorise(account)
    wipe()
    account = till.settle(account)
    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("FAILED", "resource_missing")
    assert payment.captured_amount == Decimal(0)
    assert account.state == "UNPAID"
    assert settle_account(account, now=NOW + timedelta(days=400)).state == "UNPAID"


def test_money_that_was_taken_stays_taken(till: Till, wipe: Wipe) -> None:
    account, _ = till.visit()
    payment = till.charge(account, "5.50", fee="0.28")
    wipe()
    assert sync_payment(payment, now=NOW).status == "CAPTURED"
    assert till.settle(account).state == "SETTLED"


def test_an_operator_whose_payout_is_lost_stops_no_other(
    ready_operator: OperatorAccount, wipe: Wipe, caplog: pytest.LogCaptureFixture
) -> None:
    payout = ready_operator.payouts.create(
        amount=5, currency="EUR", status="IN_TRANSIT", stripe_id="po_1", created_at=NOW, last_updated=NOW
    )
    wipe()
    with caplog.at_level(logging.ERROR):
        assert (sweep_payouts(NOW), pay_out_due(NOW)) == (0, 0)
    payout.refresh_from_db()
    assert payout.status == "IN_TRANSIT"
    assert "could not be looked after" in caplog.text


@pytest.fixture
def till(sandbox: Running, ready_operator: OperatorAccount, driver: User, station: object) -> Till:
    evse = EVSE.objects.earliest("uid")
    return Till(sandbox, sandbox.client(), str(ready_operator.stripe_id), driver, evse)
