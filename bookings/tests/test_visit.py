"""Arriving, leaving, not coming: exact windows, through the doors of drivers and staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EARLY, LATE = START - timedelta(minutes=10), START + timedelta(minutes=15)
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    station.terms.noshow_fee_amount = Decimal(4)
    station.terms.save()
    return make_booking(station.evses.all()[0], driver, start=START)


def post(api: Api, user: User, booking: Booking, action: str, now: datetime) -> tuple[int, str]:
    """Status of the answer, and the booking's state or the code of the refusal."""
    side = "bookings" if user == booking.driver else "operator/bookings"
    with time_machine.travel(now, tick=False):
        answer = api(user).post(f"/api/v1/{side}/{booking.reference}/{action}")
    body: dict[str, Any] = answer.json()
    return answer.status_code, body["code"] if answer.status_code >= 400 else body["status"]


@pytest.mark.parametrize("now", [EARLY, START, LATE])
def test_a_driver_arrives_within_the_window(api: Api, booking: Booking, now: datetime) -> None:
    assert post(api, booking.driver, booking, "start", now) == (200, "FULFILLED")
    booking.refresh_from_db()
    assert booking.arrived_at == now
    assert (steps(booking), events(booking)) == ([("RESERVED", "FULFILLED")], ["booking.fulfilled"])


@pytest.mark.parametrize("now", [EARLY, LATE])
def test_staff_checks_a_driver_in(api: Api, booking: Booking, staff: User, now: datetime) -> None:
    assert post(api, staff, booking, "check-in", now) == (200, "FULFILLED")
    assert booking.transitions.get().actor == staff


@pytest.mark.parametrize("now", [EARLY - TICK, LATE + TICK])
def test_outside_the_window_nobody_arrives(api: Api, booking: Booking, staff: User, now: datetime) -> None:
    refused = (409, "outside_arrival_window")
    assert post(api, booking.driver, booking, "start", now) == refused
    assert post(api, staff, booking, "check-in", now) == refused
    booking.refresh_from_db()
    assert (booking.status, booking.arrived_at) == (S.RESERVED, None)
    assert nothing_was_written()


@pytest.mark.parametrize("status", [S.HELD, S.PENDING, S.CANCELED, S.FULFILLED, S.COMPLETED, S.NO_SHOW])
def test_only_a_reserved_booking_begins(api: Api, booking: Booking, status: S) -> None:
    Booking.objects.update(status=status, hold_expires_at=LATE)
    assert post(api, booking.driver, booking, "start", START) == (409, "wrong_state")
    assert nothing_was_written()


def test_leaving_early_frees_the_rest(api: Api, booking: Booking, stranger: User) -> None:
    post(api, booking.driver, booking, "start", START)
    assert post(api, booking.driver, booking, "stop", START + timedelta(minutes=20)) == (200, "COMPLETED")
    booking.refresh_from_db()
    assert booking.stopped_at == START + timedelta(minutes=20)
    make_booking(booking.evse, stranger, start=START + timedelta(minutes=30))
    assert Booking.objects.filter(status=S.RESERVED).count() == 1


def test_only_what_has_begun_can_be_stopped(api: Api, booking: Booking) -> None:
    assert post(api, booking.driver, booking, "stop", START) == (409, "wrong_state")
    assert nothing_was_written()


def test_staff_marks_a_no_show_once_the_window_has_passed(api: Api, booking: Booking, staff: User) -> None:
    assert post(api, staff, booking, "no-show", LATE) == (409, "wrong_state")
    assert nothing_was_written()
    assert post(api, staff, booking, "no-show", LATE + TICK) == (200, "NO_SHOW")
    booking.refresh_from_db()
    assert booking.fee_amount == Decimal(4)
