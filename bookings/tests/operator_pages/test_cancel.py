"""Staff cancels because the station cannot keep its word: the driver owes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import ROOT, START, act, client_of, state_of, text
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.ocpi import ReservationStatus as S

pytestmark = pytest.mark.django_db


def test_canceling_costs_the_driver_nothing_however_late(staff: User, booking: Booking) -> None:
    Booking.objects.update(terms={**booking.terms, "late_cancel_share": 100})
    with time_machine.travel(START - timedelta(minutes=1), tick=False):
        answer = act(client_of(staff), booking, "cancel", reason="POWER_OUTAGE", words="The street is dark.")
    assert "Canceled free of charge. Dana D. is told." in text(answer)
    assert (steps(booking), events(booking)) == ([("RESERVED", "CANCELED")], ["booking.canceled"])
    booking.refresh_from_db()
    said = (booking.canceled_by, booking.canceled_reason, booking.fee_amount)
    assert said == ("OPERATOR", "POWER_OUTAGE", Decimal(0))
    assert booking.transitions.get().reason == "The street is dark."


def test_without_words_the_reason_is_the_history(desk: Client, booking: Booking) -> None:
    act(desk, booking, "cancel", reason="BROKEN_CHARGER")
    assert booking.transitions.get().reason == "broken charger"


@pytest.mark.parametrize("reason", ["", "TRAFFIC", "PAYMENT_FAILED", "nonsense"])
def test_a_reason_of_the_operators_is_needed(desk: Client, booking: Booking, reason: str) -> None:
    answer = act(desk, booking, "cancel", reason=reason, words="Sorry")
    assert answer.status_code == 422
    assert "Sorry" in text(answer)
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()


@pytest.mark.parametrize("status", [S.FULFILLED, S.COMPLETED, S.CANCELED, S.NO_SHOW, S.REJECTED])
def test_what_has_begun_or_is_over_is_not_canceled(desk: Client, booking: Booking, status: S) -> None:
    Booking.objects.update(status=status)
    answer = act(desk, booking, "cancel", reason="FULL", words="Sorry")
    assert answer.status_code == 422
    assert f"The booking is {status.label}." in text(answer)
    assert state_of(booking) == status
    assert nothing_was_written()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_rival_finds_no_such_booking(rival: User, now: object, booking: Booking, method: str) -> None:
    answer = getattr(client_of(rival), method)(f"{ROOT}{booking.reference}/cancel/", {"reason": "FULL"})
    assert answer.status_code == 404
    assert state_of(booking) == "RESERVED"
    assert nothing_was_written()
