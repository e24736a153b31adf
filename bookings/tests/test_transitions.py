"""The table of moves, exhaustively: what it allows happens once, what it does not allow leaves no trace."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.tests.trace import events, nothing_was_written, steps
from bookings.transitions import ALLOWED, move
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
DOMAIN = {
    ("HELD", "RESERVED"),
    ("HELD", "PENDING"),
    ("HELD", "EXPIRED"),
    ("HELD", "CANCELED"),
    ("EXPIRED", "RESERVED"),
    ("EXPIRED", "PENDING"),
    ("PENDING", "RESERVED"),
    ("PENDING", "REJECTED"),
    ("PENDING", "FAILED"),
    ("PENDING", "CANCELED"),
    ("RESERVED", "FULFILLED"),
    ("RESERVED", "NO_SHOW"),
    ("RESERVED", "CANCELED"),
    ("FULFILLED", "COMPLETED"),
}

pytestmark = pytest.mark.django_db


def test_the_table_is_that_of_the_domain() -> None:
    assert {(old.value, new.value) for old, targets in ALLOWED.items() for new in targets} == DOMAIN
    assert set(ALLOWED) == set(S)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in S for new in S])
def test_a_move_happens_exactly_when_the_table_allows_it(
    driver: User, station: Station, old: S, new: S
) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=NOW, status=old)
    if (old.value, new.value) in DOMAIN:
        with transaction.atomic():
            move(booking, new, actor=driver, now=NOW, reason="why not")
        assert (steps(booking), events(booking)) == ([(old, new)], [f"booking.{new.value.lower()}"])
    else:
        with pytest.raises(WrongState):
            move(booking, new, actor=driver, now=NOW)
        assert nothing_was_written()
    booking.refresh_from_db()
    assert booking.status == (new if (old.value, new.value) in DOMAIN else old)


def test_a_move_from_a_state_that_has_passed_is_refused(driver: User, station: Station) -> None:
    seen = make_booking(station.evses.all()[0], driver, start=NOW, status=S.PENDING)
    Booking.objects.update(status=S.CANCELED)
    with pytest.raises(WrongState):
        move(seen, S.RESERVED, actor=driver, now=NOW)
    assert Booking.objects.get().status == S.CANCELED
    assert nothing_was_written()


def test_a_move_says_who_when_and_why_in_history_and_audit(driver: User, station: Station) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=NOW, status=S.PENDING)
    with transaction.atomic():
        move(booking, S.REJECTED, actor=driver, now=NOW, reason="The bay floods.")
    step = booking.transitions.get()
    assert (step.at, step.actor, step.reason) == (NOW, driver, "The bay floods.")
    audited = AuditEntry.objects.get(action="booking.rejected")
    assert (audited.before, audited.after) == ({"status": "PENDING"}, {"status": "REJECTED"})
    assert (audited.actor, audited.reason, audited.target_id) == (driver, "The bay floods.", str(booking.pk))
    booking.refresh_from_db()
    assert booking.last_updated == NOW
