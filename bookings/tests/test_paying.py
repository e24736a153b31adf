"""What payments tell a booking: noted, secured, lost, or never to come; and nothing more than that."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.models import User
from bookings.errors import HoldExpired, PaymentRequired, SlotTaken
from bookings.models import Booking
from bookings.services.confirm import confirm
from bookings.services.paying import confirm_secured, expire_hold, lose_payment, note_payment
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Closure, Station
from tests.factories import make_booking, make_station

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOW = START - timedelta(hours=1)
HOUR = timedelta(hours=1)
PAID = Decimal("6.60")
NOTHING = Decimal(0)
Payment = Booking.PaymentStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def evse() -> EVSE:
    return make_station(terms={"payment": "ONLINE"}).evses.get()


@pytest.fixture
def unpaid(evse: EVSE, driver: User) -> Booking:
    """A hold that ran out a second ago, while its payment is under way."""
    return booked(evse, driver, S.HELD)


def booked(evse: EVSE, driver: User, status: S, **fields: Any) -> Booking:
    paying = {"payment_status": Payment.PROCESSING, **fields}
    booking = make_booking(evse, driver, start=START, status=status, **paying)
    if status == S.HELD:
        Booking.objects.filter(pk=booking.pk).update(hold_expires_at=NOW - timedelta(seconds=1))
        booking.refresh_from_db()
    return booking


def secure(booking: Booking, *, now: datetime = NOW, status: Payment = Payment.SECURED) -> Booking:
    return confirm_secured(booking, status=status, secured_amount=PAID, now=now)


def as_stored(booking: Booking) -> tuple[str, str, Decimal]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.payment_status, row.secured_amount


def test_a_payment_is_noted_with_its_event_and_without_a_step(unpaid: Booking) -> None:
    noted = note_payment(unpaid, Payment.REFUNDED, secured_amount=PAID, now=NOW)
    assert (noted.payment_status, noted.secured_amount, noted.last_updated) == ("refunded", PAID, NOW)
    assert as_stored(unpaid) == ("HELD", "refunded", PAID)
    assert (steps(unpaid), events(unpaid)) == ([], ["booking.payment"])
    data = DomainEvent.objects.get().data
    assert data["before"] == {"payment_status": "processing", "secured_amount": "0.000"}
    assert data["after"] == {"payment_status": "refunded", "secured_amount": "6.600"}
    assert AuditEntry.objects.get(action="booking.payment").after == data["after"]


def test_the_amount_stays_unless_it_is_told(unpaid: Booking) -> None:
    note_payment(unpaid, Payment.SECURED, secured_amount=PAID, now=NOW)
    note_payment(unpaid, Payment.CAPTURED, now=NOW)
    assert as_stored(unpaid) == ("HELD", "captured", PAID)


def test_the_same_again_writes_nothing(unpaid: Booking) -> None:
    note_payment(unpaid, Payment.PROCESSING, secured_amount=Decimal(0), now=NOW)
    assert nothing_was_written()
    assert Booking.objects.get().last_updated == unpaid.last_updated


@pytest.mark.parametrize(("approval", "becomes"), [(False, S.RESERVED), (True, S.PENDING)])
def test_a_hold_whose_payment_is_secured_is_promised_however_late(
    unpaid: Booking, approval: bool, becomes: S
) -> None:
    Booking.objects.update(terms={**unpaid.terms, "approval_required": approval})
    confirmed = secure(unpaid)
    assert (confirmed.status, confirmed.answer_by) == (becomes, START if approval else None)
    assert as_stored(unpaid) == (becomes, "secured", PAID)
    assert (steps(unpaid), events(unpaid)) == ([("HELD", becomes)], [f"booking.{becomes.lower()}"])
    assert DomainEvent.objects.get().data["after"]["payment_status"] == "secured"


@pytest.mark.parametrize("now", [NOW, START])
def test_an_expired_booking_gets_its_free_slot_again(evse: EVSE, driver: User, now: datetime) -> None:
    expired = booked(evse, driver, S.EXPIRED)
    assert secure(expired, now=now, status=Payment.CAPTURED).status == S.RESERVED
    assert as_stored(expired) == ("RESERVED", "captured", PAID)
    assert steps(expired) == [("EXPIRED", "RESERVED")]


def test_a_hold_that_ran_out_makes_room_for_the_paid_booking(
    evse: EVSE, driver: User, stranger: User
) -> None:
    expired = booked(evse, driver, S.EXPIRED)
    stale = booked(evse, stranger, S.HELD, payment_status=Payment.REQUIRED)
    secure(expired)
    assert [as_stored(one)[0] for one in (expired, stale)] == ["RESERVED", "EXPIRED"]


def taken(booking: Booking, stranger: User) -> None:
    make_booking(booking.evse, stranger, start=START + timedelta(minutes=30))


def taken_by_a_payer(booking: Booking, stranger: User) -> None:
    booked(booking.evse, stranger, S.HELD)


def suspended(booking: Booking, stranger: User) -> None:
    Station.objects.update(approval="SUSPENDED")


def closed(booking: Booking, stranger: User) -> None:
    Closure.objects.create(station=booking.station, start=START, end=START + HOUR, reason="Works")


def broken(booking: Booking, stranger: User) -> None:
    EVSE.objects.update(inhibits=["fault"])


def removed(booking: Booking, stranger: User) -> None:
    EVSE.objects.update(removed_at=NOW)


@pytest.mark.parametrize("happens", [taken, taken_by_a_payer, suspended, closed, broken, removed])
def test_an_expired_booking_whose_slot_cannot_be_had_stays_expired(
    evse: EVSE, driver: User, stranger: User, happens: Any
) -> None:
    expired = booked(evse, driver, S.EXPIRED)
    happens(expired, stranger)
    with pytest.raises(SlotTaken):
        secure(expired)
    assert as_stored(expired) == ("EXPIRED", "processing", NOTHING)
    assert nothing_was_written()


def test_a_slot_that_has_begun_is_not_claimed_again(evse: EVSE, driver: User) -> None:
    expired = booked(evse, driver, S.EXPIRED)
    with pytest.raises(SlotTaken):
        secure(expired, now=START + timedelta(seconds=1))
    assert as_stored(expired) == ("EXPIRED", "processing", NOTHING)


@pytest.mark.parametrize("status", [S.RESERVED, S.PENDING, S.FULFILLED])
def test_what_is_promised_already_only_notes_the_payment(evse: EVSE, driver: User, status: S) -> None:
    booking = booked(evse, driver, status, answer_by=START)
    secure(booking)
    assert as_stored(booking) == (status, "secured", PAID)
    assert (steps(booking), events(booking)) == ([], ["booking.payment"])
    secure(booking)
    assert events(booking) == ["booking.payment"]


@pytest.mark.parametrize("status", [S.CANCELED, S.REJECTED, S.FAILED, S.COMPLETED, S.NO_SHOW])
def test_what_is_over_is_not_promised_again(evse: EVSE, driver: User, status: S) -> None:
    booking = booked(evse, driver, status)
    with pytest.raises(WrongState):
        secure(booking)
    assert as_stored(booking) == (status, "processing", NOTHING)
    assert nothing_was_written()


@pytest.mark.parametrize("payment", [Payment.PROCESSING, Payment.REQUIRED])
def test_a_hold_is_expired_on_demand(evse: EVSE, driver: User, payment: Payment) -> None:
    hold = booked(evse, driver, S.HELD, payment_status=payment)
    assert expire_hold(hold, now=NOW).status == S.EXPIRED
    assert (steps(hold), events(hold)) == ([("HELD", "EXPIRED")], ["booking.expired"])
    with pytest.raises(WrongState):
        expire_hold(hold, now=NOW)
    assert events(hold) == ["booking.expired"]


def test_a_reserved_booking_that_lost_its_payment_is_canceled_free_of_charge(
    evse: EVSE, driver: User
) -> None:
    booking = booked(evse, driver, S.RESERVED)
    lost = lose_payment(booking, reason="The card was declined.", now=START - timedelta(seconds=1))
    lost.refresh_from_db()
    assert (lost.status, lost.canceled_by, lost.canceled_reason) == ("CANCELED", "SYSTEM", "PAYMENT_FAILED")
    assert (lost.payment_status, lost.fee_amount) == ("failed", NOTHING)
    assert lost.transitions.get().reason == "The card was declined."


def test_a_pending_booking_that_lost_its_payment_has_failed(evse: EVSE, driver: User) -> None:
    booking = booked(evse, driver, S.PENDING, answer_by=START)
    lose_payment(booking, reason="The card was declined.", now=NOW)
    assert as_stored(booking) == ("FAILED", "failed", NOTHING)
    assert events(booking) == ["booking.failed"]


@pytest.mark.parametrize("status", [S.HELD, S.EXPIRED, S.FULFILLED, S.COMPLETED, S.CANCELED])
def test_only_what_was_promised_can_lose_its_payment(evse: EVSE, driver: User, status: S) -> None:
    booking = booked(evse, driver, status)
    with pytest.raises(WrongState):
        lose_payment(booking, reason="", now=NOW)
    assert as_stored(booking) == (status, "processing", NOTHING)
    assert nothing_was_written()


def test_a_payment_under_way_is_not_a_confirmation(unpaid: Booking, evse: EVSE) -> None:
    with pytest.raises(PaymentRequired):
        confirm(unpaid, actor=unpaid.driver, now=NOW)
    note_payment(unpaid, Payment.REQUIRED, now=NOW)
    with pytest.raises(HoldExpired):
        confirm(Booking.objects.get(), actor=unpaid.driver, now=NOW)
    assert as_stored(unpaid) == ("HELD", "required", NOTHING)


@pytest.mark.django_db(transaction=True)
def test_nobody_tells_a_booking_of_a_payment_outside_a_transaction(unpaid: Booking) -> None:
    for tell in (
        lambda: note_payment(unpaid, Payment.SECURED, now=NOW),
        lambda: expire_hold(unpaid, now=NOW),
    ):
        with pytest.raises(TransactionManagementError):
            tell()
    with transaction.atomic():
        note_payment(unpaid, Payment.SECURED, now=NOW)
    assert as_stored(unpaid) == ("HELD", "secured", NOTHING)
