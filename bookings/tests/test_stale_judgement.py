"""Who judged a booking by a slot that it has left meanwhile is refused, and nothing changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.services.answer import approve
from bookings.services.cancel import cancel
from bookings.services.correct import correct_slot
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive
from bookings.tests.trace import events
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE
from tests.factories import make_booking, make_station

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOW = START - timedelta(minutes=5)
TOMORROW = START + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def evse() -> EVSE:
    late = {"change_until_minutes": 0, "cancel_until_minutes": 60, "late_cancel_share": 100}
    found: EVSE = make_station(terms=late).evses.get()
    return found


@pytest.mark.parametrize(
    ("act", "status"), [(cancel, S.RESERVED), (arrive, S.RESERVED), (approve, S.PENDING)]
)
def test_a_booking_that_moved_between_look_and_deed_stays_as_it_is(
    driver: User, evse: EVSE, act: Callable[..., object], status: S
) -> None:
    seen = make_booking(evse, driver, start=START, status=status, answer_by=START)
    moved = Booking.objects.get(pk=seen.pk)
    reschedule(moved, start=TOMORROW, end=TOMORROW + timedelta(hours=1), actor=driver, now=NOW)
    with pytest.raises(WrongState):
        act(seen, actor=driver, now=NOW)
    moved.refresh_from_db()
    assert (moved.status, moved.start) == (status, TOMORROW)
    assert moved.fee_amount == 0
    assert events(moved) == ["booking.rescheduled"]


def test_an_administrator_moves_a_booking_over_a_hold_that_has_run_out(
    driver: User, stranger: User, evse: EVSE
) -> None:
    booking = make_booking(evse, driver, start=START)
    stale = make_booking(evse, stranger, start=TOMORROW, status=S.HELD, hold_expires_at=NOW)
    end = TOMORROW + timedelta(hours=1)
    correct_slot(booking, start=TOMORROW, end=end, actor=stranger, now=NOW, reason="by telephone")
    for row in (booking, stale):
        row.refresh_from_db()
    assert (booking.start, booking.status, stale.status) == (TOMORROW, S.RESERVED, S.EXPIRED)


def test_audit_and_event_tell_the_fee_of_a_late_cancelation(driver: User, evse: EVSE) -> None:
    booking = Booking.objects.get(pk=make_booking(evse, driver, start=START).pk)
    fee = cancel(booking, actor=driver, now=NOW).fee
    entry = AuditEntry.objects.get(action="booking.canceled")
    assert entry.before == {
        "status": "RESERVED",
        "canceled_by": "",
        "canceled_reason": "",
        "fee_amount": "0.000",
    }
    assert entry.after == {
        "status": "CANCELED",
        "canceled_by": "DRIVER",
        "canceled_reason": "NO_CANCELED",
        "fee_amount": str(fee.amount),
    }
    assert fee.amount > 0
    event = DomainEvent.objects.get(type="booking.canceled")
    assert (event.data["before"], event.data["after"]) == (entry.before, entry.after)
