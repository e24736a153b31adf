"""What the clock does: exactly when it is due, once, however late, often or parallel it runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings import tasks
from bookings.models import Booking
from bookings.services.clock import complete_ended, expire_holds, fail_unanswered, mark_no_shows
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.core.schedule import BEAT_SCHEDULE
from stations.models import EVSE
from tests.factories import make_booking, make_station

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LATE = START + timedelta(minutes=15)

pytestmark = pytest.mark.django_db


@pytest.fixture
def evse() -> EVSE:
    return make_station(terms={"noshow_fee_amount": Decimal(4)}).evses.get()


DUE: list[tuple[Callable[[datetime], int], dict[str, Any], datetime, S]] = [
    (expire_holds, {"status": S.HELD, "now": START - timedelta(minutes=10)}, START, S.EXPIRED),
    (fail_unanswered, {"status": S.PENDING, "answer_by": START}, START, S.FAILED),
    (mark_no_shows, {"status": S.RESERVED}, LATE + TICK, S.NO_SHOW),
    (complete_ended, {"status": S.FULFILLED}, START + timedelta(hours=1), S.COMPLETED),
]


@pytest.mark.parametrize(("act", "fields", "due", "becomes"), DUE)
def test_each_happens_at_its_instant_and_once(
    evse: EVSE,
    driver: User,
    act: Callable[[datetime], int],
    fields: dict[str, Any],
    due: datetime,
    becomes: S,
) -> None:
    booking = make_booking(evse, driver, start=START, **fields)
    assert act(due - TICK) == 0
    assert nothing_was_written()
    assert (act(due), act(due), act(due + timedelta(days=3))) == (1, 0, 0)
    booking.refresh_from_db()
    assert booking.status == becomes
    assert (steps(booking), events(booking)) == (
        [(fields["status"], becomes)],
        [f"booking.{becomes.lower()}"],
    )
    assert booking.transitions.get().actor is None


def test_a_no_show_pays_the_fee_of_the_accepted_terms(evse: EVSE, driver: User) -> None:
    make_booking(evse, driver, start=START)
    evse.station.terms.noshow_fee_amount = Decimal(99)
    evse.station.terms.save()
    mark_no_shows(LATE + TICK)
    assert Booking.objects.get().fee_amount == Decimal(4)


def test_each_bookings_own_terms_say_how_long_it_waits(evse: EVSE, driver: User) -> None:
    patient = make_station(terms={"noshow_timeout": 60}).evses.get()
    make_booking(evse, driver, start=START)
    make_booking(patient, driver, start=START)
    assert mark_no_shows(LATE + TICK) == 1
    assert Booking.objects.get(evse=patient).status == S.RESERVED


def test_nobody_is_a_no_show_at_an_evse_that_is_out_of_service(evse: EVSE, driver: User) -> None:
    booking = make_booking(evse, driver, start=START)
    EVSE.objects.update(inhibits=["fault"])
    assert mark_no_shows(LATE + TICK) == 1
    booking.refresh_from_db()
    assert (booking.status, booking.canceled_by) == (S.CANCELED, "SYSTEM")
    assert (booking.canceled_reason, booking.fee_amount) == ("BROKEN_CHARGER", Decimal(0))


def test_who_arrived_is_no_no_show(evse: EVSE, driver: User) -> None:
    make_booking(evse, driver, start=START, status=S.FULFILLED, arrived_at=START)
    assert mark_no_shows(LATE + TICK) == 0


def test_more_than_a_batch_is_done_in_one_run(evse: EVSE, driver: User) -> None:
    for hour in range(101):
        make_booking(evse, driver, start=START - timedelta(hours=hour), status=S.FULFILLED)
    assert complete_ended(START + timedelta(hours=1)) == 101
    assert not Booking.objects.exclude(status=S.COMPLETED).exists()


def test_the_tasks_of_the_schedule_do_all_of_it(evse: EVSE, driver: User) -> None:
    make_booking(evse, driver, start=START, status=S.HELD, now=START - timedelta(minutes=10))
    make_booking(evse, driver, start=START - timedelta(hours=1))
    with time_machine.travel(START, tick=False):
        assert (tasks.expire_holds(), tasks.advance_bookings()) == (1, 1)
    scheduled = {entry["task"] for entry in BEAT_SCHEDULE.values()}
    assert {tasks.expire_holds.name, tasks.advance_bookings.name} <= scheduled
