"""A success that comes after its hold had ended: the slot is claimed again, or the money goes back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.paying import expire_hold
from evbooking.core.models import DomainEvent
from payments.models import BookingAccount, Payment
from payments.services.checkout import Checkout, start_checkout
from payments.services.sync import sync_payment
from payments.tests.paying import NOW
from stations.models import Station
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(minutes=41)
Online = Callable[..., Booking]
Pay = Callable[..., str]


@pytest.fixture
def expired(online_booking: Online, online_station: Callable[..., Station]) -> tuple[Booking, Checkout]:
    """A hold at a station of one EVSE that ended while its checkout was open."""
    booking = online_booking(station=online_station(evses=1))
    checkout = start_checkout(booking, now=NOW)
    expire_hold(booking, now=LATE)
    return booking, checkout


def state(booking: Booking) -> tuple[str, str, Decimal]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.payment_status, row.secured_amount


def paid(checkout: Checkout, pay: Pay) -> Payment:
    pay(checkout)
    return sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=LATE)


def test_a_slot_that_is_still_free_is_claimed_again(expired: tuple[Booking, Checkout], pay: Pay) -> None:
    booking, checkout = expired
    assert paid(checkout, pay).status == "AUTHORISED"
    assert state(booking) == ("RESERVED", "secured", Decimal("6.60"))
    assert BookingAccount.objects.get().state == "OPEN"
    assert not DomainEvent.objects.filter(type="payment.returned").exists()


def test_of_a_slot_that_is_gone_the_money_goes_back_and_the_driver_is_told(
    expired: tuple[Booking, Checkout], pay: Pay, stranger: User
) -> None:
    booking, checkout = expired
    theirs = make_booking(booking.evse, stranger, start=booking.start, now=NOW)
    payment = paid(checkout, pay)
    assert (payment.status, state(booking)[0]) == ("AUTHORISED", "EXPIRED")
    account = BookingAccount.objects.get()
    assert (account.state, account.due_at) == ("DUE", LATE)
    told = DomainEvent.objects.get(type="payment.returned")
    assert (told.data["amount"], told.data["booking"]) == ("6.60", booking.reference)
    assert state(theirs)[0] == "RESERVED"


def test_asked_again_nothing_more_happens(
    expired: tuple[Booking, Checkout], pay: Pay, stranger: User
) -> None:
    booking, checkout = expired
    make_booking(booking.evse, stranger, start=booking.start, now=NOW)
    paid(checkout, pay)
    before = DomainEvent.objects.count()
    sync_payment(checkout.payment, now=LATE + timedelta(hours=1))
    assert DomainEvent.objects.count() == before
    assert BookingAccount.objects.get().due_at == LATE


def test_a_success_after_the_driver_canceled_goes_back_too(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = online_booking()
    checkout = start_checkout(booking, now=NOW)
    cancel(Booking.objects.get(pk=booking.pk), actor=driver, now=NOW)
    paid(checkout, pay)
    assert state(booking)[0] == "CANCELED"
    assert BookingAccount.objects.get().state == "DUE"
    assert DomainEvent.objects.filter(type="payment.returned").count() == 1
