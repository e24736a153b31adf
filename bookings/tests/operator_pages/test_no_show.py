"""Staff says that nobody came, once nobody may come any more."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import START, act, client_of, state_of, text
from bookings.tests.trace import nothing_was_written, steps

LATE = START + timedelta(minutes=15)
TICK = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db


def test_after_the_window_nobody_came(staff: User, booking: Booking) -> None:
    Booking.objects.update(terms={**booking.terms, "noshow_fee_amount": "4.00"})
    with time_machine.travel(LATE + TICK, tick=False):
        answer = act(client_of(staff), booking, "no-show")
    assert "Dana D. is marked as not come." in text(answer)
    assert "4.00 EUR" in text(answer)
    assert steps(booking) == [("RESERVED", "NO_SHOW")]
    assert Booking.objects.get().fee_amount == Decimal(4)


def test_until_then_the_driver_may_still_arrive(staff: User, booking: Booking) -> None:
    with time_machine.travel(LATE, tick=False):
        answer = act(client_of(staff), booking, "no-show")
    assert "The driver may still arrive." in text(answer)
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()


def test_a_rival_finds_no_such_booking(rival: User, booking: Booking) -> None:
    with time_machine.travel(LATE + TICK, tick=False):
        assert act(client_of(rival), booking, "no-show").status_code == 404
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()
