"""Stripe's events about payments: late, twice, reordered or lost, they come to the same end; foreign ones to none."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from bookings.models import Booking
from evbooking.core.models import DomainEvent
from payments.models import LedgerTransaction, OperatorAccount, Payment, StripeEvent
from payments.sandbox.tests.running import Running
from payments.services.checkout import start_checkout
from payments.services.intake import process_event
from payments.tests.paying import NOW, Webhooks, post_event

pytestmark = pytest.mark.django_db
Online = Callable[..., Booking]
Pay = Callable[..., str]


def work_off(events: list[dict[str, Any]]) -> list[str]:
    """Post them and work them off in this order; the states they end in."""
    for event in events:
        assert post_event(event).status_code == 200
        process_event(event["id"], now=NOW)
    return [StripeEvent.objects.get(pk=event["id"]).state for event in events]


def outcome() -> tuple[Any, ...]:
    """Everything that must be the same in the end."""
    payment, booking = Payment.objects.get(), Booking.objects.get()
    told = DomainEvent.objects.filter(type__startswith="payment.").values_list("type", flat=True)
    books = LedgerTransaction.objects.values_list("kind", flat=True)
    return payment.status, booking.status, booking.payment_status, sorted(told), sorted(books)


PAID = (
    "CAPTURED",
    "RESERVED",
    "captured",
    ["payment.captured"],
    ["CAPTURE", "STRIPE_FEE", "TRANSFER"],
)


@pytest.fixture
def events(online_booking: Online, pay: Pay, webhooks: Webhooks) -> list[dict[str, Any]]:
    """What Stripe tells of a prepayment, and nobody has heard yet."""
    pay(start_checkout(online_booking(security="PREPAYMENT"), now=NOW))
    return webhooks.take()


def test_in_their_order_they_pay_for_the_booking(events: list[dict[str, Any]]) -> None:
    states = dict(zip([event["type"] for event in events], work_off(events), strict=True))
    assert states["payment_intent.succeeded"] == "DONE"
    assert states["payment_intent.created"] == "IGNORED"
    assert outcome() == PAID


def test_reversed_and_twice_they_do_the_same(events: list[dict[str, Any]]) -> None:
    work_off([*reversed(events), *events])
    assert outcome() == PAID


@pytest.mark.parametrize("type_", ["payment_intent.succeeded", "charge.succeeded"])
def test_any_one_of_them_is_enough(type_: str, events: list[dict[str, Any]]) -> None:
    """Also the news of a charge's fee, which has no other object than the charge."""
    event = next(one for one in events if one["type"] == type_)
    work_off([{**event, "type": type_.replace("charge.succeeded", "charge.updated")}])
    assert outcome() == PAID


def test_what_an_event_claims_is_not_believed(events: list[dict[str, Any]], online_booking: Online) -> None:
    """A signed event that says "succeeded" about an intent that has not: the intent is asked."""
    booking = online_booking(security="PREPAYMENT")
    checkout = start_checkout(booking, now=NOW)
    said = next(one for one in events if one["type"] == "payment_intent.succeeded")
    object_ = {**said["data"]["object"], "id": checkout.payment.stripe_id, "metadata": {}}
    work_off([{**said, "id": "evt_claims", "data": {"object": object_}}])
    row = Booking.objects.get(pk=booking.pk)
    assert (row.status, row.payment_status) == ("HELD", "processing")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"metadata": {"installation": "another"}}, "another installation"),
        ({"id": "pi_unknown", "metadata": {}}, "no payment of ours"),
        ({"id": "pi_unknown", "metadata": {"payment": "not-a-uuid"}}, "no payment of ours"),
    ],
)
def test_events_of_others_are_ignored_with_the_reason(
    change: dict[str, Any], words: str, events: list[dict[str, Any]]
) -> None:
    said = next(one for one in events if one["type"] == "payment_intent.succeeded")
    foreign = {**said, "data": {"object": {**said["data"]["object"], **change}}}
    assert work_off([foreign]) == ["IGNORED"]
    assert words in StripeEvent.objects.get().last_error
    assert Payment.objects.get().status == "PENDING"


def test_an_account_that_nobody_here_has_is_ignored(events: list[dict[str, Any]]) -> None:
    said = next(one for one in events if one["type"] == "payment_intent.succeeded")
    assert work_off([{**said, "account": "acct_stranger"}]) == ["IGNORED"]
    assert Payment.objects.get().status == "PENDING"


def test_an_operators_own_payment_that_names_ours_is_not_taken_for_it(
    events: list[dict[str, Any]], ready_operator: OperatorAccount
) -> None:
    """Whoever has an account of their own at Stripe writes what they like into the metadata of their intents."""
    Payment.objects.update(stripe_id=None)
    said = next(one for one in events if one["type"] == "payment_intent.succeeded")
    assert work_off([{**said, "account": ready_operator.stripe_id}]) == ["IGNORED"]
    payment = Payment.objects.get()
    assert (payment.stripe_id, payment.status) == (None, "PENDING")


def test_an_intent_whose_answer_was_lost_is_known_by_our_name_in_it(events: list[dict[str, Any]]) -> None:
    intent = Payment.objects.get().stripe_id
    Payment.objects.update(stripe_id=None)
    work_off([one for one in events if one["type"] == "payment_intent.succeeded"])
    assert Payment.objects.get().stripe_id == intent
    assert outcome() == PAID


def test_while_stripe_is_away_an_event_waits(
    events: list[dict[str, Any]], settings: Any, sandbox: Running
) -> None:
    said = [one for one in events if one["type"] == "payment_intent.succeeded"]
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert work_off(said) == ["FAILED"]
    settings.STRIPE_API_BASE = sandbox.url
    event = StripeEvent.objects.get()
    process_event(event.pk, now=event.next_attempt_at)
    assert outcome() == PAID


def test_no_secret_card_or_person_reaches_the_log(
    online_booking: Online, pay: Pay, webhooks: Webhooks, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_never_in_a_log"
    with caplog.at_level(logging.INFO):
        booking = online_booking()
        checkout = start_checkout(booking, now=NOW)
        settings.STRIPE_API_BASE, base = "http://127.0.0.1:9", settings.STRIPE_API_BASE
        with pytest.raises(Exception, match="not reachable"):
            start_checkout(booking, now=NOW)
        settings.STRIPE_API_BASE = base
        pay(checkout)
        work_off(webhooks.take())
    ours = "\n".join(
        record.getMessage() + str(record.exc_info or "")
        for record in caplog.records
        if not record.name.startswith("httpx")
    )
    secrets = ("sk_test_never", checkout.client_secret, "4242424242424242", booking.driver.email, "whsec_")
    assert [secret for secret in secrets if secret in ours] == []
