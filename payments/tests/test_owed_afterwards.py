"""A booking quoted at nothing, by terms that are paid online, that costs something in the end: its driver owes it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.services.confirm import confirm_if_free
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive, mark_no_show, stop
from charging.models import CDR
from charging.services.bills import adjust_cdr, credit_cdr
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from payments.errors import PaymentNotRequired
from payments.ledger.checking.books import check_books
from payments.models import BookingAccount, Document, LedgerTransaction, OperatorAccount, Payment
from payments.services.checkout import start_checkout
from payments.services.settling import settle_due
from payments.services.sync import sync_payment
from payments.tests.paying import NOW
from payments.tests.settling.till import books
from stations.models import Station

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OVER = NOW + timedelta(hours=6)
Free = Callable[..., Booking]
Pay = Callable[..., str]

FREE_FOR_AN_HOUR: dict[str, Any] = {
    "currency": "EUR",
    "tax_included": "YES",
    "elements": [
        {
            "price_components": [
                {"type": kind, "price": 6.0, "vat": 19, "step_size": 60} for kind in ("TIME", "PARKING_TIME")
            ],
            "restrictions": {"min_duration": 3600},
        }
    ],
}


@pytest.fixture
def free_booking(online_station: Callable[..., Station], driver: User) -> Free:
    """`free_booking(minutes=60, **terms)`: a promised slot four hours from now that costs nothing for an hour."""

    def make(*, minutes: int = 60, **terms: Any) -> Booking:
        station = online_station(tariff=FREE_FOR_AN_HOUR, noshow_fee_amount=Decimal("3.00"), **terms)
        start = NOW + 4 * HOUR
        held = hold_slot(
            driver, station=station, start=start, end=start + timedelta(minutes=minutes), now=NOW
        )
        return confirm_if_free(held, actor=driver, now=NOW)

    return make


def missed(booking: Booking) -> Booking:
    mark_no_show(booking, actor=None, now=OVER)
    return booking


def settled(booking: Booking) -> BookingAccount:
    """What became of its money when the relay and the sweeper have run."""
    relay()
    settle_due(OVER + timedelta(minutes=1))
    return BookingAccount.objects.get(booking=booking)


def kinds_booked(booking: Booking) -> list[str]:
    booked = LedgerTransaction.objects.filter(booking_reference=booking.reference)
    return sorted(booked.values_list("kind", flat=True))


def test_a_booking_of_nothing_needs_no_card(free_booking: Free) -> None:
    booking = free_booking()
    assert (booking.status, booking.payment_status) == ("RESERVED", "none")
    assert booking.total_amount == 0
    with pytest.raises(PaymentNotRequired):
        start_checkout(booking, now=NOW)
    assert (BookingAccount.objects.count(), Payment.objects.count()) == (0, 0)
    assert list(check_books(NOW)) == []


def test_a_no_show_fee_is_owed_told_and_paid_online(free_booking: Free, pay: Pay) -> None:
    booking = missed(free_booking())
    account = settled(booking)
    assert (account.state, account.strategy) == ("UNPAID", "AFTERWARDS")
    assert account.fee_share == Decimal("5.00")
    assert kinds_booked(booking) == ["BILL"]
    assert books(account)["DRIVER_RECEIVABLE"] == Decimal("3.00")
    told = DomainEvent.objects.get(type="payment.action_required").data
    assert (told["booking"], told["amount"], told["owed"]) == (booking.reference, "3.00", True)
    assert told["driver_id"] == str(booking.driver_id)

    checkout = start_checkout(Booking.objects.get(pk=booking.pk), now=OVER)
    assert (checkout.kind, str(checkout.amount)) == ("payment_intent", "3.00 EUR")
    pay(checkout)
    sync_payment(checkout.payment, now=OVER)
    account = settled(booking)
    assert (account.state, account.booking.payment_status) == ("SETTLED", "captured")
    assert "DRIVER_RECEIVABLE" not in books(account)
    assert books(account)["PLATFORM_FEE"] == Decimal("-0.15")
    documents = Document.objects.filter(booking_reference=booking.reference)
    assert [(one.kind, one.total) for one in documents.order_by("kind")] == [
        ("INVOICE", Decimal("3.00")),
        ("RECEIPT", Decimal("3.00")),
    ]
    assert list(check_books(OVER + HOUR)) == []


def test_a_longer_stay_than_is_free_is_owed(free_booking: Free, driver: User) -> None:
    booking = free_booking(early_start_time=30)
    arrive(booking, actor=driver, now=booking.start - HOUR / 2)
    stop(booking, actor=driver, now=booking.end)
    assert CDR.objects.get().total_after_taxes == Decimal("3.00")
    account = settled(booking)
    assert (account.state, account.due_at is not None) == ("UNPAID", True)
    assert kinds_booked(booking) == ["BILL"]


def test_a_visit_that_costs_nothing_has_no_account(free_booking: Free, driver: User) -> None:
    booking = free_booking()
    arrive(booking, actor=driver, now=booking.start)
    stop(booking, actor=driver, now=booking.end)
    relay()
    assert CDR.objects.count() == 1
    assert (BookingAccount.objects.count(), LedgerTransaction.objects.count()) == (0, 0)


def test_what_is_paid_on_site_stays_paid_at_the_charger(free_booking: Free) -> None:
    booking = missed(free_booking(payment="ON_SITE"))
    relay()
    assert kinds_booked(booking) == ["BILL", "ON_SITE"]
    assert (BookingAccount.objects.count(), Document.objects.count()) == (0, 0)


def test_without_an_account_at_stripe_it_is_paid_at_the_charger_and_stays_so(
    free_booking: Free, ready_operator: OperatorAccount
) -> None:
    booking = free_booking()
    known = ready_operator.stripe_id
    OperatorAccount.objects.update(stripe_id=None)
    missed(booking)
    relay()
    OperatorAccount.objects.update(stripe_id=known)
    adjust_cdr(CDR.objects.get(), amount=Decimal("-1.00"), reason="half", actor=None, now=OVER)
    relay()
    assert kinds_booked(booking) == ["BILL", "BILL", "BILL", "ON_SITE", "ON_SITE", "ON_SITE"]
    assert BookingAccount.objects.count() == 0
    assert list(check_books(OVER + HOUR)) == []


def test_a_debt_whose_bill_is_taken_back_is_settled_without_money(free_booking: Free) -> None:
    booking = missed(free_booking())
    credit_cdr(CDR.objects.get(), reason="The charger was broken.", actor=None, now=OVER)
    account = settled(booking)
    assert (account.state, account.booking.payment_status, Payment.objects.count()) == ("SETTLED", "none", 0)
    assert kinds_booked(booking) == ["BILL", "BILL"]
    assert books(account) == {}


def test_less_than_a_card_can_be_charged_with_is_not_asked_for(free_booking: Free) -> None:
    booking = missed(free_booking())
    adjust_cdr(CDR.objects.get(), amount=Decimal("-2.51"), reason="goodwill", actor=None, now=OVER)
    account = settled(booking)
    assert account.state == "SETTLED"
    assert CDR.objects.filter(credited_by=None, credit_of=None).get().total_after_taxes == 0
    assert not DomainEvent.objects.filter(type="payment.action_required").exists()


def test_the_driver_is_reminded_after_a_day_three_and_seven(free_booking: Free) -> None:
    account = settled(missed(free_booking()))
    for days in (2, 5, 13, 40):
        settle_due(OVER + timedelta(days=days))
    account.refresh_from_db()
    assert (account.state, account.due_at) == ("UNPAID", None)
    assert DomainEvent.objects.filter(type="payment.action_required").count() == 4


def test_the_pages_say_what_is_owed_and_why(free_booking: Free, client: Client) -> None:
    booking = missed(free_booking())
    settled(booking)
    client.force_login(booking.driver)
    page = client.get(f"/bookings/{booking.reference}/").content.decode()
    assert "There was nothing to pay when you booked; what it cost in the end is not paid yet." in page
    assert "Pay now" in page
    page = client.get(f"/bookings/{booking.reference}/checkout/").content.decode()
    assert "Pay your bill" in page
    assert "3.00 EUR is taken now. It is what the booking cost in the end" in page


def test_a_free_booking_that_moves_to_a_slot_that_costs_is_paid_before_it_moves(
    free_booking: Free, driver: User, pay: Pay
) -> None:
    booking = free_booking()
    longer = booking.end + HOUR
    slot = reschedule(booking, start=booking.start, end=longer, actor=driver, now=NOW)
    assert slot.replaces_id == booking.pk
    checkout = start_checkout(booking, now=NOW)
    assert str(checkout.amount) == "7.20 EUR"
    pay(checkout)
    sync_payment(checkout.payment, now=NOW)
    moved = Booking.objects.get(pk=booking.pk)
    assert (moved.status, moved.end, moved.payment_status) == ("RESERVED", longer, "secured")
    assert moved.secured_amount == Decimal("7.20")
    assert list(check_books(NOW)) == []
