"""Checkout: what is asked of the card for a hold, once, and what follows when it is given."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.models import Booking
from bookings.services.confirm import confirm as confirm_booking
from evbooking.core.errors import Invalid
from evbooking.core.models import DomainEvent
from payments.errors import (
    AlreadySecured,
    PaymentNotRequired,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentsNotReady,
)
from payments.models import BookingAccount, Customer, OperatorAccount, Payment
from payments.sandbox.tests.running import Running
from payments.services.checkout import Checkout, start_checkout
from payments.services.sync import sync_payment
from payments.tests.paying import ALWAYS_ASKS, DECLINED, MASTERCARD, NOW, clear_faults, decline_of
from stations.models import Station

pytestmark = pytest.mark.django_db
Online = Callable[..., Booking]
Pay = Callable[..., str]
MINUTE = timedelta(minutes=1)


def stored(booking: Booking) -> tuple[str, str, Decimal]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.payment_status, row.secured_amount


def synced(checkout: Checkout) -> Payment:
    return sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=NOW + MINUTE)


def intents_of(sandbox: Running, driver: User) -> list[str]:
    """The ids of all PaymentIntents of the driver at Stripe."""
    customer = Customer.objects.get(driver=driver).stripe_id
    found = sandbox.client().v1.payment_intents.list({"customer": str(customer)})
    return [intent.id for intent in found.data]


def test_a_near_slot_is_authorised_with_its_buffer_and_is_the_drivers(
    online_booking: Online, pay: Pay, sandbox: Running
) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    assert (checkout.kind, checkout.status) == ("payment_intent", "requires_payment_method")
    assert (str(checkout.amount), checkout.hold_expires_at) == ("6.60 EUR", booking.hold_expires_at)
    assert stored(booking) == ("HELD", "processing", Decimal(0))
    assert pay(checkout) == "requires_capture"
    payment = synced(checkout)
    assert (payment.status, payment.authorised_amount, payment.card) == (
        "AUTHORISED",
        Decimal("6.60"),
        "Visa .... 4242",
    )
    assert stored(booking) == ("RESERVED", "secured", Decimal("6.60"))
    account = BookingAccount.objects.get(booking=booking)
    assert (account.strategy, account.estimate_amount) == ("AUTHORISE", Decimal("6.60"))
    assert [line["dimension"] for line in account.estimate] == ["ENERGY", "BUFFER"]
    assert account.payment_method == payment.payment_method != ""


def test_stripe_is_told_whom_it_is_for_and_what_is_the_platforms(
    online_booking: Online, sandbox: Running, ready_operator: OperatorAccount
) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    intent = sandbox.client().v1.payment_intents.retrieve(str(checkout.payment.stripe_id))
    assert (intent.amount, intent.currency, intent.capture_method) == (660, "eur", "manual")
    assert (intent.application_fee_amount, intent.transfer_data.destination) == (33, ready_operator.stripe_id)
    assert (intent.setup_future_usage, intent.customer) == ("off_session", checkout.customer)
    assert dict(intent.metadata.to_dict()) == {
        "payment": str(checkout.payment.pk),
        "booking": booking.reference,
        "installation": "evbooking",
    }


def test_a_far_slot_saves_the_card_and_takes_nothing(online_booking: Online, pay: Pay) -> None:
    booking = online_booking(starts_in=timedelta(days=10))
    checkout = start_checkout(booking, now=NOW)
    assert (checkout.kind, str(checkout.amount)) == ("setup_intent", "0.00 EUR")
    assert pay(checkout) == "succeeded"
    payment = synced(checkout)
    assert (payment.status, payment.card) == ("SAVED", "Visa .... 4242")
    assert stored(booking) == ("RESERVED", "secured", Decimal(0))
    account = BookingAccount.objects.get(booking=booking)
    assert account.authorise_at == booking.start - timedelta(hours=48)
    assert (account.payment_method, account.estimate_amount) == (payment.payment_method, Decimal("6.60"))


def test_a_prepayment_takes_the_price_and_books_it(
    online_booking: Online, pay: Pay, ready_operator: OperatorAccount
) -> None:
    booking = online_booking(security="PREPAYMENT")
    checkout = start_checkout(booking, now=NOW)
    assert (str(checkout.amount), pay(checkout)) == ("5.50 EUR", "succeeded")
    payment = synced(checkout)
    assert (payment.status, payment.captured_amount, payment.application_fee) == (
        "CAPTURED",
        Decimal("5.50"),
        Decimal("0.28"),
    )
    assert (payment.transferred_amount, payment.stripe_fee) == (Decimal("5.50"), Decimal("0.33"))
    assert stored(booking) == ("RESERVED", "captured", Decimal("5.50"))


def test_a_deposit_is_taken_and_no_more_than_the_price(online_booking: Online) -> None:
    part = online_booking(security="DEPOSIT", deposit_amount=Decimal(2))
    assert str(start_checkout(part, now=NOW).amount) == "2.00 EUR"
    whole = online_booking(security="DEPOSIT", deposit_amount=Decimal(50), starts_in=timedelta(hours=6))
    assert str(start_checkout(whole, now=NOW).amount) == "5.50 EUR"


def test_repeated_it_is_the_same_intent(online_booking: Online, sandbox: Running, driver: User) -> None:
    booking = online_booking()
    first = start_checkout(booking, now=NOW)
    again = start_checkout(booking, now=NOW + MINUTE)
    assert (again.payment.pk, again.client_secret) == (first.payment.pk, first.client_secret)
    assert intents_of(sandbox, driver) == [first.payment.stripe_id]
    assert Payment.objects.count() == 1


def test_a_decline_is_told_once_also_when_the_next_card_asks_for_more(
    online_booking: Online, sandbox: Running, pay: Pay
) -> None:
    checkout = start_checkout(online_booking(), now=NOW)
    decline_of(sandbox, checkout, DECLINED)
    synced(checkout)
    assert pay(checkout, ALWAYS_ASKS) == "requires_action"
    assert synced(checkout).status == "ACTION"
    assert DomainEvent.objects.filter(type="payment.failed").count() == 1


def test_after_a_declined_card_another_one_pays(online_booking: Online, sandbox: Running, pay: Pay) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    assert decline_of(sandbox, checkout, DECLINED) == "generic_decline"
    declined = synced(checkout)
    assert (declined.status, declined.failure_code) == ("PENDING", "generic_decline")
    assert declined.failure_message == "Your card was declined."
    assert stored(booking) == ("HELD", "processing", Decimal(0))
    synced(checkout)
    told = DomainEvent.objects.get(type="payment.failed").data
    assert (told["failure"], told["failure_code"]) == ("Your card was declined.", "generic_decline")
    assert start_checkout(booking, now=NOW).payment.pk == checkout.payment.pk
    pay(checkout, MASTERCARD)
    paid = synced(checkout)
    assert (paid.status, paid.card, paid.failure_message) == ("AUTHORISED", "Mastercard .... 4444", "")
    assert stored(booking) == ("RESERVED", "secured", Decimal("6.60"))


def test_the_bank_may_ask_first(online_booking: Online, pay: Pay, answer: Callable[..., None]) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    assert pay(checkout, ALWAYS_ASKS) == "requires_action"
    assert synced(checkout).status == "ACTION"
    answer(checkout, passed=False)
    assert synced(checkout).failure_code == "payment_intent_authentication_failure"
    pay(checkout, ALWAYS_ASKS)
    answer(checkout)
    assert synced(checkout).status == "AUTHORISED"
    assert stored(booking) == ("RESERVED", "secured", Decimal("6.60"))


def test_a_saved_card_pays_at_once(online_booking: Online, pay: Pay) -> None:
    first = start_checkout(online_booking(), now=NOW)
    pay(first)
    card = synced(first).payment_method
    booking = online_booking(starts_in=timedelta(hours=8))
    checkout = start_checkout(booking, payment_method=card, now=NOW)
    assert (checkout.status, checkout.payment.status) == ("requires_capture", "AUTHORISED")
    assert stored(booking) == ("RESERVED", "secured", Decimal("6.60"))


def test_a_saved_card_that_is_declined_leaves_room_for_another(online_booking: Online) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, payment_method=DECLINED, now=NOW)
    assert (checkout.status, checkout.payment.status) == ("requires_payment_method", "PENDING")
    assert checkout.payment.failure_code == "generic_decline"
    assert stored(booking) == ("HELD", "processing", Decimal(0))


def test_somebody_elses_card_is_refused(
    online_booking: Online, pay: Pay, stranger: User, sandbox: Running
) -> None:
    theirs = start_checkout(online_booking(by=stranger), now=NOW)
    pay(theirs)
    booking = online_booking(starts_in=timedelta(hours=8))
    with pytest.raises(Invalid) as refused:
        start_checkout(booking, payment_method=synced(theirs).payment_method, now=NOW)
    assert (refused.value.code, refused.value.errors[0].field) == ("invalid", "payment_method")
    assert stored(booking) == ("HELD", "processing", Decimal(0))


def test_a_hold_that_ran_out_is_not_paid_for(online_booking: Online, sandbox: Running) -> None:
    booking = online_booking()
    with pytest.raises(HoldExpired):
        start_checkout(booking, now=NOW + timedelta(minutes=10))
    assert (Payment.objects.count(), BookingAccount.objects.count()) == (0, 0)
    assert stored(booking) == ("HELD", "required", Decimal(0))


def test_what_is_paid_on_site_or_costs_nothing_needs_no_payment(
    online_booking: Online, station: Station, sandbox: Running
) -> None:
    on_site = online_booking(station=station)
    reserved = confirm_booking(on_site, actor=None, now=NOW)
    for booking in (on_site, reserved):
        with pytest.raises(PaymentNotRequired):
            start_checkout(booking, now=NOW)
    assert Payment.objects.count() == 0


def test_what_is_secured_is_not_asked_for_again(online_booking: Online, pay: Pay) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    with pytest.raises(AlreadySecured):
        start_checkout(booking, now=NOW)
    assert stored(booking) == ("RESERVED", "secured", Decimal("6.60"))
    with pytest.raises(AlreadySecured):
        start_checkout(Booking.objects.get(pk=booking.pk), now=NOW)
    assert Payment.objects.count() == 1


def test_an_operator_that_cannot_be_paid_takes_no_payment(
    online_booking: Online, ready_operator: OperatorAccount
) -> None:
    booking = online_booking()
    for changes in ({"charges_enabled": False}, {"charges_enabled": True, "currency": "CHF"}):
        OperatorAccount.objects.update(**changes)
        with pytest.raises(PaymentsNotReady):
            start_checkout(booking, now=NOW)
    assert (Payment.objects.count(), stored(booking)) == (0, ("HELD", "required", Decimal(0)))


def test_an_account_that_stripe_has_restricted_is_a_clear_refusal(
    online_booking: Online, sandbox: Running, ready_operator: OperatorAccount
) -> None:
    wanted: Any = {"transfers": {"requested": True}}
    unfinished = sandbox.client().v1.accounts.create({"country": "DE", "capabilities": wanted})
    OperatorAccount.objects.update(stripe_id=unfinished.id)
    booking = online_booking()
    with pytest.raises(PaymentRefused):
        start_checkout(booking, now=NOW)
    assert Payment.objects.get().status == "FAILED"
    assert stored(booking) == ("HELD", "required", Decimal(0))


def test_a_price_no_card_has_room_for_is_refused(online_booking: Online, sandbox: Running) -> None:
    booking = online_booking()
    Booking.objects.filter(pk=booking.pk).update(
        quote={"lines": [], "total": {"amount": "900000000.00", "currency": "EUR"}}
    )
    with pytest.raises(PaymentRefused) as refused:
        start_checkout(booking, now=NOW)
    assert "no more than 99999999" in refused.value.detail
    assert stored(booking) == ("HELD", "required", Decimal(0))


def test_a_changed_demand_closes_the_old_intent(online_booking: Online, sandbox: Running) -> None:
    """The start came near while the page was open: what was to save a card now authorises it."""
    early = NOW - timedelta(minutes=5)
    booking = online_booking(now=early, starts_in=timedelta(days=5, minutes=5))
    first, second = (start_checkout(booking, now=now) for now in (early, NOW))
    assert (first.kind, second.kind) == ("setup_intent", "payment_intent")
    closed = sandbox.client().v1.setup_intents.retrieve(str(first.payment.stripe_id))
    assert (closed.status, Payment.objects.get(pk=first.payment.pk).status) == ("canceled", "CANCELED")
    assert BookingAccount.objects.get().strategy == "AUTHORISE"
    assert stored(booking) == ("HELD", "processing", Decimal(0))


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"status": 500, "when": "after"}])
def test_a_stripe_that_fails_keeps_the_hold_and_the_same_request_heals(
    fault: dict[str, object], online_booking: Online, sandbox: Running, driver: User
) -> None:
    booking = online_booking()
    sandbox.control("faults", target="api", kind="error", match="/v1/payment_intents", times=2, **fault)
    with pytest.raises(PaymentProviderUnavailable):
        start_checkout(booking, now=NOW)
    assert stored(booking) == ("HELD", "required", Decimal(0))
    assert Payment.objects.get().status == "PENDING"
    clear_faults(sandbox)
    checkout = start_checkout(booking, now=NOW)
    assert intents_of(sandbox, driver) == [checkout.payment.stripe_id]
    assert (Payment.objects.count(), stored(booking)) == (1, ("HELD", "processing", Decimal(0)))


def test_checkout_and_what_follows_take_few_queries(
    online_booking: Online, pay: Pay, django_assert_max_num_queries: Any
) -> None:
    """Both transactions of a checkout, with the booking's event and audit entry; then all that makes it RESERVED."""
    booking = online_booking()
    with django_assert_max_num_queries(23):  # 5 of them find and make the customer, once for each driver
        checkout = start_checkout(booking, now=NOW)
    with django_assert_max_num_queries(5):
        sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=NOW)
    pay(checkout)
    with django_assert_max_num_queries(17):
        synced(checkout)


def test_what_was_agreed_to_is_kept_and_shown(online_booking: Online, pay: Pay, client: Client) -> None:
    booking = online_booking()
    client.force_login(booking.driver)
    checkout = start_checkout(booking, now=NOW)
    page = reverse("bookings:detail", args=[booking.reference])
    assert "you agreed for" not in client.get(page).content.decode()
    pay(checkout)
    payment = sync_payment(checkout.payment, now=NOW)
    assert (payment.agreed_to, payment.agreed_at, payment.agreed_amount) == ("card-1", NOW, Decimal("6.60"))
    told = client.get(page).content.decode()
    assert "you agreed for 6.60 EUR that your card is saved" in told


def test_who_only_saves_a_card_agrees_to_the_estimate(online_booking: Online, pay: Pay) -> None:
    payment = start_checkout(online_booking(starts_in=timedelta(days=20)), now=NOW).payment
    assert (payment.kind, payment.amount) == ("SETUP", Decimal(0))
    assert (payment.agreed_to, payment.agreed_amount) == ("card-1", Decimal("6.60"))
