"""What a closure, a suspension and a removed EVSE do to the bookings they meet: through the relay, as it happens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.tests.trace import events
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.core.relay import relay
from stations.models import Station
from stations.services.approval import reinstate, suspend
from stations.services.closures import cancel_closure, close
from stations.services.editing.evses import remove_evse
from stations.services.inhibits import inhibit
from tests.factories import make_booking

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seven() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    return make_booking(station.evses.all()[0], driver, start=START)


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def test_a_closure_cancels_what_it_meets_free_of_charge(booking: Booking, owner: User) -> None:
    station = booking.station
    touching = make_booking(booking.evse, booking.driver, start=START + 2 * HOUR)
    close(station, start=START + HOUR / 2, end=START + 2 * HOUR, reason="New cables", actor=owner)
    relay()
    booking.refresh_from_db()
    assert (booking.status, booking.canceled_by, booking.canceled_reason) == (
        S.CANCELED,
        "OPERATOR",
        "BLOCKED",
    )
    assert booking.fee_amount == 0
    step = booking.transitions.get()
    assert (step.actor, step.reason) == (owner, "Closed: New cables")
    assert events(booking) == ["booking.canceled"]
    assert status(touching) == S.RESERVED


def test_a_closure_of_one_evse_leaves_the_others_alone(booking: Booking, owner: User) -> None:
    station = booking.station
    other = make_booking(station.evses.all()[1], booking.driver, start=START)
    close(station, evse=booking.evse, start=START, end=START + HOUR, reason="Works", actor=owner)
    relay()
    assert (status(booking), status(other)) == (S.CANCELED, S.RESERVED)


def test_a_closure_taken_back_before_it_was_heard_of_cancels_nothing(booking: Booking, owner: User) -> None:
    closure = close(booking.station, start=START, end=START + HOUR, reason="Works", actor=owner)
    cancel_closure(closure, actor=owner)
    relay()
    assert status(booking) == S.RESERVED


def test_whoever_is_charging_may_finish(booking: Booking, owner: User) -> None:
    Booking.objects.update(status=S.FULFILLED)
    close(booking.station, start=NOW, end=START + HOUR, reason="Works", actor=owner)
    relay()
    assert status(booking) == S.FULFILLED


@pytest.mark.parametrize("state", [S.HELD, S.PENDING])
def test_holds_and_questions_are_canceled_too(booking: Booking, owner: User, state: S) -> None:
    Booking.objects.update(status=state, hold_expires_at=START, answer_by=START)
    close(booking.station, start=START, end=START + HOUR, reason="Works", actor=owner)
    relay()
    assert status(booking) == S.CANCELED


def test_a_suspension_cancels_all_that_is_to_come(booking: Booking, administrator: User) -> None:
    past = make_booking(booking.evse, booking.driver, start=NOW - 2 * HOUR, status=S.COMPLETED)
    suspend(booking.station, actor=administrator, reason="No licence")
    relay()
    booking.refresh_from_db()
    assert (booking.status, booking.canceled_by) == (S.CANCELED, "SYSTEM")
    assert status(past) == S.COMPLETED


def test_a_suspension_lifted_before_it_was_heard_of_cancels_nothing(
    booking: Booking, administrator: User
) -> None:
    suspend(booking.station, actor=administrator, reason="A mistake")
    reinstate(booking.station, actor=administrator)
    relay()
    assert status(booking) == S.RESERVED


def test_removing_an_evse_cancels_what_was_booked_there(booking: Booking, owner: User) -> None:
    other = make_booking(booking.station.evses.all()[1], booking.driver, start=START)
    remove_evse(booking.evse, actor=owner)
    relay()
    assert (status(booking), status(other)) == (S.CANCELED, S.RESERVED)
    assert booking.transitions.get().reason == "The charge point was removed."


def test_an_evse_out_of_service_keeps_its_bookings(booking: Booking, owner: User) -> None:
    inhibit(booking.evse, cause="fault", actor=owner)
    relay()
    assert status(booking) == S.RESERVED
