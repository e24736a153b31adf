"""Staff checks a driver in, inside the arrival window only: 08:50 to 09:15 for a start at nine."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import ROOT, START, act, client_of, state_of, text
from bookings.tests.trace import events, nothing_was_written, steps

TICK = timedelta(microseconds=1)
EARLY, LATE = START - timedelta(minutes=10), START + timedelta(minutes=15)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("now", [EARLY, LATE])
def test_within_the_window_the_driver_is_checked_in(staff: User, booking: Booking, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        answer = act(client_of(staff), booking, "check-in")
    assert "Dana D. is checked in." in text(answer)
    assert (steps(booking), events(booking)) == ([("RESERVED", "FULFILLED")], ["booking.fulfilled"])
    assert Booking.objects.get().arrived_at == now


@pytest.mark.parametrize("now", [EARLY - TICK, LATE + TICK])
def test_outside_it_nobody_is(staff: User, booking: Booking, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        answer = act(client_of(staff), booking, "check-in")
    assert "It is not the time to arrive." in text(answer)
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()


def test_the_button_stands_only_while_it_works(staff: User, booking: Booking) -> None:
    button = f"{ROOT}{booking.reference}/check-in/"
    for now, there in ((EARLY - TICK, False), (EARLY, True), (LATE, True), (LATE + TICK, False)):
        with time_machine.travel(now, tick=False):
            assert (button in text(client_of(staff).get(ROOT))) is there


def test_a_rival_finds_no_such_booking(rival: User, booking: Booking) -> None:
    with time_machine.travel(START, tick=False):
        assert act(client_of(rival), booking, "check-in").status_code == 404
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()
