"""Staff ends a visit: the rest of the slot is free again."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import START, act, client_of, state_of, text
from bookings.tests.trace import nothing_was_written, steps
from evbooking.core.ocpi import ReservationStatus as S
from tests.factories import make_booking

pytestmark = pytest.mark.django_db


def test_stopping_frees_the_rest(staff: User, stranger: User, booking: Booking) -> None:
    Booking.objects.update(status=S.FULFILLED, arrived_at=START)
    with time_machine.travel(START + timedelta(minutes=20), tick=False):
        answer = act(client_of(staff), booking, "stop")
    assert "Stopped. What is left of Dana D.&#x27;s slot is free." in text(answer)
    assert steps(booking) == [("FULFILLED", "COMPLETED")]
    make_booking(booking.evse, stranger, start=START + timedelta(minutes=30))
    assert Booking.objects.filter(status=S.RESERVED).count() == 1


def test_only_what_has_begun_can_be_stopped(desk: Client, booking: Booking) -> None:
    assert "The booking is reserved." in text(act(desk, booking, "stop"))
    assert nothing_was_written()


def test_a_rival_finds_no_such_booking(rival: User, now: object, booking: Booking) -> None:
    Booking.objects.update(status=S.FULFILLED, arrived_at=START)
    assert act(client_of(rival), booking, "stop").status_code == 404
    assert state_of(booking) == "FULFILLED"
    assert nothing_was_written()
