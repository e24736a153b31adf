"""Saved cards: authorised 48 hours before the start, with a grace where they refuse."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.reschedule import reschedule
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from payments.models import BookingAccount, Customer, Payment
from payments.sandbox.tests.running import Running
from payments.services.checkout import start_checkout
from payments.services.replanning import replan
from payments.services.settling import settle_due
from payments.services.sweeping import authorise_due, remind_failed
from payments.services.sync import sync_payment
from payments.tests.paying import ASKS_UNLESS_SAVED, NOW, SAVED_BUT_EMPTY, VISA

pytestmark = pytest.mark.django_db
Online = Callable[..., Booking]
HOUR = timedelta(hours=1)
Saved = Callable[..., Booking]


@pytest.fixture
def saved(online_booking: Online, pay: Callable[..., str], answer: Callable[..., None]) -> Saved:
    """`saved(card)`: a booking in ten days whose card is saved."""

    def make(card: str = VISA, **wishes: Any) -> Booking:
        booking = online_booking(starts_in=timedelta(days=10), **wishes)
        checkout = start_checkout(booking, now=NOW)
        if pay(checkout, card) == "requires_action":
            answer(checkout)
        sync_payment(checkout.payment, now=NOW)
        return Booking.objects.get(pk=booking.pk)

    return make


def due(booking: Booking) -> datetime:
    return booking.start - 48 * HOUR


def state(booking: Booking) -> tuple[str, str, Decimal]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.payment_status, row.secured_amount


def scheduled() -> Payment:
    return Payment.objects.get(purpose="SCHEDULED")


def told(type_: str) -> list[dict[str, Any]]:
    return [event.data for event in DomainEvent.objects.filter(type=type_).order_by("id")]


@pytest.mark.parametrize("card", [VISA, ASKS_UNLESS_SAVED])
def test_a_saved_card_is_authorised_48_hours_before_the_start(
    card: str, own_sandbox: Running, saved: Saved
) -> None:
    booking = saved(card)
    own_sandbox.advance(8 * 86_400)
    assert authorise_due(due(booking) - HOUR) == 0
    assert authorise_due(due(booking)) == 1
    assert (scheduled().status, scheduled().authorised_amount) == ("AUTHORISED", Decimal("6.60"))
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))
    assert BookingAccount.objects.get().authorise_at is None
    assert authorise_due(due(booking) + HOUR) == 0
    assert Payment.objects.filter(purpose="SCHEDULED").count() == 1


def test_a_card_that_refuses_gives_its_driver_a_day(saved: Saved, sandbox: Running) -> None:
    booking = saved(SAVED_BUT_EMPTY)
    authorise_due(due(booking))
    failed = scheduled()
    assert (failed.status, failed.failure_code, failed.failure_message) == (
        "FAILED",
        "generic_decline",
        "Your card was declined.",
    )
    assert sandbox.client().v1.payment_intents.retrieve(str(failed.stripe_id)).status == "canceled"
    assert state(booking) == ("RESERVED", "failed", Decimal(0))
    assert BookingAccount.objects.get().grace_until == due(booking) + 24 * HOUR
    [asked] = told("payment.action_required")
    assert asked["failure"] == "Your card was declined."
    assert asked["due_by"] == (due(booking) + 24 * HOUR).isoformat().replace("+00:00", "Z")
    sync_payment(failed, now=due(booking) + HOUR)
    assert scheduled().status == "FAILED"


def test_they_are_reminded_once_and_then_lose_the_slot_free_of_charge(saved: Saved) -> None:
    booking = saved(SAVED_BUT_EMPTY)
    authorise_due(due(booking))
    ends = due(booking) + 24 * HOUR
    assert remind_failed(ends - 7 * HOUR) == 0
    assert remind_failed(ends - 6 * HOUR) == 1
    assert remind_failed(ends - 5 * HOUR) == 0
    assert len(told("payment.action_required")) == 2
    assert state(booking)[0] == "RESERVED"
    assert remind_failed(ends) == 1
    row = Booking.objects.get(pk=booking.pk)
    assert (row.status, row.canceled_by, row.canceled_reason, row.fee_amount) == (
        "CANCELED",
        "SYSTEM",
        "PAYMENT_FAILED",
        Decimal(0),
    )
    assert remind_failed(ends + HOUR) == 0


def test_another_card_in_time_keeps_the_slot(saved: Saved, pay: Callable[..., str]) -> None:
    booking = saved(SAVED_BUT_EMPTY)
    authorise_due(due(booking))
    later = due(booking) + HOUR
    checkout = start_checkout(Booking.objects.get(pk=booking.pk), now=later)
    assert (checkout.kind, str(checkout.amount)) == ("payment_intent", "6.60 EUR")
    pay(checkout)
    assert remind_failed(due(booking) + 24 * HOUR) == 1
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))
    account = BookingAccount.objects.get()
    assert (account.grace_until, account.payment_method) == (
        None,
        Payment.objects.latest("created_at").payment_method,
    )
    assert remind_failed(due(booking) + 25 * HOUR) == 0


def test_while_stripe_is_away_the_card_waits(saved: Saved, settings: Any, sandbox: Running) -> None:
    booking = saved()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert authorise_due(due(booking)) == 0
    assert (scheduled().status, state(booking)) == ("PENDING", ("RESERVED", "secured", Decimal(0)))
    settings.STRIPE_API_BASE = sandbox.url
    assert authorise_due(due(booking) + HOUR) == 1
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))


def test_an_answer_that_was_lost_is_no_second_authorisation(saved: Saved, sandbox: Running) -> None:
    booking = saved()
    sandbox.control(
        "faults", target="api", kind="error", match="/v1/payment_intents", when="after", times=2, status=500
    )
    assert authorise_due(due(booking)) == 0
    assert authorise_due(due(booking) + HOUR) == 1
    made = sandbox.client().v1.payment_intents.list({"customer": str(booking.driver.customer.stripe_id)})
    assert [intent.id for intent in made.data] == [scheduled().stripe_id]


def test_after_a_day_the_lost_intent_is_found_by_our_name(own_sandbox: Running, saved: Saved) -> None:
    booking = saved()
    own_sandbox.advance(8 * 86_400)
    own_sandbox.control(
        "faults", target="api", kind="error", match="/v1/payment_intents", when="after", times=2, status=500
    )
    authorise_due(due(booking))
    own_sandbox.advance(2 * 86_400)
    assert authorise_due(due(booking) + 25 * HOUR) == 1
    made = own_sandbox.client().v1.payment_intents.list({"customer": str(booking.driver.customer.stripe_id)})
    assert [intent.id for intent in made.data] == [scheduled().stripe_id]


@pytest.fixture
def unanswered(own_sandbox: Running, saved: Saved, driver: User) -> str:
    """The intent of a booking that was canceled while Stripe's answer to its authorisation was lost."""
    booking = saved()
    own_sandbox.advance(8 * 86_400)
    own_sandbox.control(
        "faults", target="api", kind="error", match="/v1/payment_intents", when="after", times=2, status=500
    )
    authorise_due(due(booking))
    cancel(Booking.objects.get(pk=booking.pk), actor=driver, now=due(booking))
    customer = str(Customer.objects.get().stripe_id)
    [made] = own_sandbox.client().v1.payment_intents.list({"customer": customer}).data
    assert (made.status, scheduled().stripe_id) == ("requires_capture", None)
    return made.id


def intent_status(running: Running, intent: str) -> str:
    return str(running.client().v1.payment_intents.retrieve(intent).status)


def test_an_authorisation_nobody_heard_of_is_released_with_the_booking(
    own_sandbox: Running, unanswered: str
) -> None:
    relay()
    settle_due(BookingAccount.objects.get().booking.start)
    assert BookingAccount.objects.get().state == "SETTLED"
    assert intent_status(own_sandbox, unanswered) == "canceled"


def test_what_is_closed_here_and_open_at_stripe_is_closed_there(
    own_sandbox: Running, unanswered: str
) -> None:
    Payment.objects.filter(purpose="SCHEDULED").update(status="CANCELED", stripe_id=unanswered)
    sync_payment(scheduled(), now=NOW + timedelta(days=8))
    assert (intent_status(own_sandbox, unanswered), scheduled().status) == ("canceled", "CANCELED")


def test_a_booking_that_is_over_is_not_authorised(saved: Saved) -> None:
    booking = saved()
    Booking.objects.filter(pk=booking.pk).update(status="CANCELED")
    authorise_due(due(booking))
    assert not Payment.objects.filter(purpose="SCHEDULED").exists()
    assert BookingAccount.objects.get().authorise_at is None


def test_a_booking_moved_nearer_is_authorised_in_its_own_time(saved: Saved, driver: User) -> None:
    booking = saved()
    start = NOW + timedelta(days=4)
    reschedule(booking, start=start, end=start + HOUR, actor=driver, now=NOW)
    relay()
    assert BookingAccount.objects.get().authorise_at == start - 48 * HOUR


def test_a_cheaper_slot_has_a_lower_estimate(saved: Saved, driver: User) -> None:
    booking = saved()
    moved = reschedule(booking, start=booking.start, end=booking.start + HOUR / 2, actor=driver, now=NOW)
    replan(moved, now=NOW)
    account = BookingAccount.objects.get()
    assert (account.estimate_amount, account.authorise_at) == (Decimal("3.30"), due(booking))


def test_an_authorisation_that_lapsed_is_made_anew(own_sandbox: Running, saved: Saved) -> None:
    """Its booking moved to later: the bank lets go after 4 days and 18 hours, and the saved card is asked again."""
    booking = saved()
    own_sandbox.advance(8 * 86_400)
    authorise_due(due(booking))
    first = scheduled()
    own_sandbox.advance(5 * 86_400)
    Booking.objects.filter(pk=booking.pk).update(
        start=booking.start + timedelta(days=5),
        end=booking.end + timedelta(days=5),
        blocked_until=booking.end + timedelta(days=5),
    )
    now = due(booking) + timedelta(days=5)
    assert sync_payment(first, now=now).status == "CANCELED"
    assert state(booking) == ("RESERVED", "processing", Decimal(0))
    assert authorise_due(now) == 1
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))
    second = Payment.objects.filter(purpose="SCHEDULED").latest("created_at")
    assert (second.pk != first.pk, second.status) == (True, "AUTHORISED")


def test_an_authorisation_that_would_lapse_before_the_end_is_renewed_first(
    own_sandbox: Running, saved: Saved
) -> None:
    booking = saved()
    own_sandbox.advance(8 * 86_400)
    authorise_due(due(booking))
    first = scheduled()
    assert first.capture_before is not None
    later = first.capture_before - booking.end + 2 * HOUR
    Booking.objects.filter(pk=booking.pk).update(
        start=booking.start + later, end=booking.end + later, blocked_until=booking.end + later
    )
    now = first.capture_before - 20 * HOUR
    assert authorise_due(first.capture_before - 25 * HOUR) == 0
    assert authorise_due(now) == 1
    first.refresh_from_db()
    newest = Payment.objects.filter(purpose="SCHEDULED").latest("created_at")
    assert (first.status, newest.status, newest.authorised_amount) == (
        "CANCELED",
        "AUTHORISED",
        Decimal("6.60"),
    )
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))
