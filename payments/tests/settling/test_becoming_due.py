"""What makes a booking's money due, told by the relay; and what does not."""

import pytest
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.services.cancel import cancel_free_of_charge
from bookings.services.paying import note_payment
from charging.models import CDR
from charging.services.bills import credit_cdr
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.core.relay import relay
from payments.models import BookingAccount
from payments.services.marking import mark_due
from payments.tests.bills import END, START
from payments.tests.settling.till import Till, books

pytestmark = pytest.mark.django_db
State = BookingAccount.State


def test_a_canceled_booking_becomes_due(till: Till) -> None:
    account = till.booking(S.RESERVED)
    cancel_free_of_charge(
        account.booking,
        by=Booking.CanceledBy.OPERATOR,
        actor=None,
        now=END,
        reason=CanceledReason.BLOCKED,
    )
    relay()
    account.refresh_from_db()
    assert (account.state, account.due_at) == ("DUE", END)


def test_a_bill_and_its_credit_make_due(till: Till) -> None:
    account, cdr = till.visit()
    relay()
    account.refresh_from_db()
    assert (account.state, account.due_at) == ("DUE", cdr.issued_at)
    BookingAccount.objects.update(state=State.SETTLED, due_at=None)
    credit_cdr(CDR.objects.get(), reason="wrong", actor=None, now=END)
    relay()
    account.refresh_from_db()
    assert account.state == "DUE"


def test_what_else_happens_to_a_booking_makes_nothing_due(till: Till) -> None:
    account = till.booking(S.RESERVED)
    note_payment(account.booking, Booking.PaymentStatus.SECURED, now=START)
    relay()
    account.refresh_from_db()
    assert (account.state, account.due_at) == ("OPEN", None)


def test_a_debt_that_was_paid_is_settled(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account, "4.00")
    till.saved(account, "")
    assert till.settle(account).state == "UNPAID"
    till.charge(account, "1.50", fee="0.08")
    relay()
    account.refresh_from_db()
    assert account.state == "DUE"
    assert till.settle(account).state == "SETTLED"
    assert "DRIVER_RECEIVABLE" not in books(account)


def test_money_that_settling_took_itself_makes_nothing_due_again(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account)
    relay()
    till.settle(account)
    relay()
    account.refresh_from_db()
    assert account.state == "SETTLED"


def test_a_booking_paid_at_the_charger_has_nothing_due(till: Till) -> None:
    account = till.booking(S.COMPLETED)
    booking = account.booking
    account.delete()
    with transaction.atomic():
        assert mark_due(booking, now=timezone.now()) is False
