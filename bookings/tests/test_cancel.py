"""Canceling: the fee by the accepted terms, shown first, exact at its edges."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.errors import TooLateToCancel
from bookings.models import Booking
from bookings.services.cancel import cancel, cancellation_quote
from bookings.services.charge import bill_no_show
from bookings.tests.trace import events, nothing_was_written, steps
from charging.errors import AlreadyBilled
from charging.models import CDR
from charging.selectors import bill_of_booking
from evbooking.core.errors import WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from tests.factories import make_booking, make_station

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
TERMS = {"cancel_until_minutes": 60, "late_cancel_share": 50, "noshow_fee_amount": Decimal("4.00")}
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db


def booked(driver: User, status: S = S.RESERVED, **terms: Any) -> Booking:
    evse = make_station(terms={**TERMS, **terms}).evses.get()
    return make_booking(evse, driver, start=START, status=status)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("now", "fee"),
    [
        (START - timedelta(days=1), "0.00"),
        (START - timedelta(minutes=60), "0.00"),
        (START - timedelta(minutes=60) + SECOND, "2.75"),
        (START - SECOND, "2.75"),
        (START, "4.00"),
        (START + timedelta(minutes=10), "4.00"),
    ],
)
def test_the_fee_follows_the_time_left(driver: User, now: datetime, fee: str) -> None:
    booking = booked(driver)
    assert cancellation_quote(booking, now).fee == eur(fee)
    assert nothing_was_written()
    assert cancel(booking, actor=driver, now=now).fee == eur(fee)
    booking.refresh_from_db()
    assert (booking.status, booking.fee_amount) == (S.CANCELED, Decimal(fee))


@pytest.mark.parametrize("status", [S.HELD, S.PENDING])
def test_what_the_operator_has_not_promised_is_free_to_cancel(driver: User, status: S) -> None:
    assert cancel(booked(driver, status), actor=driver, now=START - SECOND).fee == eur("0.00")


def test_who_canceled_and_why_is_written_down(driver: User) -> None:
    booking = booked(driver)
    cancel(booking, actor=driver, now=START - timedelta(days=1), reason=CanceledReason.TRAFFIC)
    booking.refresh_from_db()
    assert (booking.canceled_by, booking.canceled_reason) == ("DRIVER", "TRAFFIC")
    assert (steps(booking), events(booking)) == ([("RESERVED", "CANCELED")], ["booking.canceled"])
    assert booking.transitions.get().reason == "traffic"


def test_terms_may_forbid_a_late_cancelation(driver: User) -> None:
    booking = booked(driver, late_cancel_allowed=False)
    with pytest.raises(TooLateToCancel):
        cancel(booking, actor=driver, now=START - timedelta(minutes=59))
    assert Booking.objects.get().status == S.RESERVED
    assert nothing_was_written()
    assert cancel(booking, actor=driver, now=START - timedelta(minutes=60)).fee == eur("0.00")


def test_terms_changed_later_do_not_touch_an_accepted_booking(driver: User) -> None:
    booking = booked(driver)
    booking.station.terms.late_cancel_share = 100
    booking.station.terms.save()
    assert cancellation_quote(booking, START - SECOND).fee == eur("2.75")


def test_what_was_secured_comes_back_less_the_fee(driver: User) -> None:
    booking = booked(driver)
    assert cancellation_quote(booking, START - SECOND).refund is None
    booking.secured_amount = Decimal("6.60")
    assert cancellation_quote(booking, START - SECOND).refund == eur("3.85")
    assert cancellation_quote(booking, START).refund == eur("2.60")
    booking.secured_amount = Decimal("2.00")
    assert cancellation_quote(booking, START).refund == eur("0.00")


def test_the_fee_of_a_late_cancelation_is_billed_with_it(driver: User) -> None:
    booking = booked(driver)
    cancel(booking, actor=driver, now=START - SECOND)
    bill = CDR.objects.get()
    assert (bill.kind, bill.booking_reference) == ("CANCELLATION", booking.reference)
    assert (bill.total_after_taxes, bill.total_taxes) == (Decimal("2.75"), Decimal(0))
    assert (bill.start, bill.end) == (booking.start, booking.end)
    assert bill_of_booking(str(booking.reference)) == bill
    issued = DomainEvent.objects.get(type="cdr.issued")
    assert DomainEvent.objects.get(type="booking.canceled").id < issued.id


def test_a_fee_is_rounded_once(driver: User) -> None:
    booking = booked(driver, late_cancel_share=33)
    assert cancel(booking, actor=driver, now=START - SECOND).fee == eur("1.82")
    booking.refresh_from_db()
    assert (booking.fee_amount, CDR.objects.get().total_after_taxes) == (Decimal("1.82"), Decimal("1.82"))


@pytest.mark.parametrize("now", [START - timedelta(days=1), START - SECOND])
def test_what_costs_nothing_has_no_bill(driver: User, now: datetime) -> None:
    cancel(booked(driver, late_cancel_share=0), actor=driver, now=now)
    assert not CDR.objects.exists()


def test_without_its_bill_nothing_is_canceled(driver: User) -> None:
    """One transaction: a bill that cannot be written takes the cancellation back."""
    booking = booked(driver)
    bill_no_show(booking, actor=None, now=START)
    with pytest.raises(AlreadyBilled):
        cancel(booking, actor=driver, now=START)
    assert Booking.objects.get().status == S.RESERVED
    assert events(booking) == []


@pytest.mark.parametrize(
    "status", [S.EXPIRED, S.REJECTED, S.FAILED, S.CANCELED, S.FULFILLED, S.COMPLETED, S.NO_SHOW]
)
def test_what_is_over_or_under_way_cannot_be_canceled(driver: User, status: S) -> None:
    booking = booked(driver, status)
    with pytest.raises(WrongState):
        cancel(booking, actor=driver, now=START - timedelta(days=1))
    assert Booking.objects.get().status == status
    assert nothing_was_written()


def test_a_canceled_slot_is_free_at_once(driver: User, stranger: User) -> None:
    booking = booked(driver)
    cancel(booking, actor=driver, now=START - timedelta(days=1))
    make_booking(booking.evse, stranger, start=START)
    assert Booking.objects.filter(status=S.RESERVED).count() == 1
