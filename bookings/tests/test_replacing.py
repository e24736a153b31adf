"""A dearer slot of a booking paid online: kept beside the old one until the difference is secured."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from bookings.api.bookings.documents import booking_document
from bookings.errors import SlotTaken
from bookings.models import Booking
from bookings.personal import export_bookings
from bookings.selectors.bookings import all_bookings, bookings_of
from bookings.selectors.mine import open_bookings_of
from bookings.selectors.replacements import open_replacement
from bookings.services.answer import reject
from bookings.services.cancel import cancel, cancel_for_operator
from bookings.services.clock import expire_holds
from bookings.services.correct import correct_slot
from bookings.services.hold import hold_slot
from bookings.services.paying import confirm_secured, lose_payment, note_payment
from bookings.services.replacing import complete_reschedule, drop_replacement
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive
from bookings.services.withdraw import withdraw_slots
from bookings.tests.trace import events, steps
from evbooking.core.errors import WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station
from tests.factories import make_booking, make_station

NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATE = NOW + timedelta(minutes=10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station() -> Station:
    terms = {"payment": "ONLINE", "change_until_minutes": 0, "max_open_bookings_per_driver": 2}
    return make_station(terms=terms)


@pytest.fixture
def booking(station: Station, driver: User) -> Booking:
    """One hour from eight, 5.50 EUR."""
    paid: dict[str, Any] = {"payment_status": "secured", "secured_amount": Decimal("6.60")}
    return make_booking(station.evses.get(), driver, start=START, **paid)


def move(
    booking: Booking, start: datetime = NOON, hours: int = 2, now: datetime = NOW, **more: Any
) -> Booking:
    return reschedule(booking, start=start, end=start + hours * HOUR, actor=booking.driver, now=now, **more)


def complete(booking: Booking, kept: Booking, now: datetime = NOW) -> Booking:
    return complete_reschedule(booking, kept, actor=None, now=now)


def as_it_was(booking: Booking) -> bool:
    row = Booking.objects.get(pk=booking.pk)
    return (row.start, row.end, row.total_amount, row.status) == (
        START,
        START + HOUR,
        Decimal("5.50"),
        booking.status,
    )


def state(row: Booking) -> str:
    return Booking.objects.get(pk=row.pk).status


def take(evse: EVSE, driver: User, start: datetime, now: datetime) -> Booking:
    return hold_slot(driver, station=evse.station, start=start, end=start + HOUR, evse=evse, now=now)


def test_both_slots_are_kept_while_the_card_is_asked(booking: Booking, stranger: User) -> None:
    kept = move(booking)
    assert (kept.replaces_id, kept.reference, kept.status) == (booking.pk, None, S.HELD)
    assert (kept.payment_status, kept.hold_expires_at) == ("required", LATE)
    assert (kept.start, kept.end, kept.total_amount) == (NOON, NOON + 2 * HOUR, Decimal("11.00"))
    assert as_it_was(booking)
    assert open_replacement(booking, now=NOW) == kept
    for start in (START, NOON, NOON + HOUR):
        with pytest.raises(SlotTaken):
            take(booking.evse, stranger, start, NOW)


def test_the_replacement_shows_nowhere_as_a_booking(booking: Booking, driver: User, station: Station) -> None:
    move(booking)
    assert (
        list(bookings_of(driver)) == list(all_bookings()) == list(open_bookings_of(driver, NOW)) == [booking]
    )
    assert [row["reference"] for row in export_bookings(driver)] == [booking.reference]
    assert not DomainEvent.objects.exists()
    take(station.evses.get(), driver, NOON + 4 * HOUR, NOW)  # the second of the two a driver may have here


def test_a_booking_can_be_made_longer_where_it_is(booking: Booking) -> None:
    kept = move(booking, START)
    assert (kept.evse_id, kept.start, kept.end) == (booking.evse_id, START, START + 2 * HOUR)
    moved = complete(booking, kept)
    assert (moved.pk, moved.start, moved.end) == (booking.pk, START, START + 2 * HOUR)


def test_only_its_own_booking_may_overlap_a_replacement(booking: Booking, stranger: User) -> None:
    move(booking, START)
    with pytest.raises(IntegrityError, match="booking_no_overlap"), transaction.atomic():
        make_booking(booking.evse, stranger, start=START + HOUR)
    other = make_booking(booking.evse, stranger, start=NOON)
    with pytest.raises(IntegrityError, match="booking_no_overlap"), transaction.atomic():
        make_booking(booking.evse, stranger, start=START, reference=None, replaces=other)


def test_the_table_itself_keeps_the_shape_of_a_replacement(booking: Booking) -> None:
    kept = move(booking)
    with pytest.raises(IntegrityError, match="booking_of_its_own_has_a_reference"), transaction.atomic():
        Booking.objects.filter(pk=kept.pk).update(reference="ABCDEFGH")
    with pytest.raises(IntegrityError, match="booking_replaced_by_one"), transaction.atomic():
        fields: dict[str, Any] = {"reference": None, "replaces": booking, "status": S.HELD}
        make_booking(booking.evse, booking.driver, start=NOON + 4 * HOUR, **fields)
    assert Booking.objects.filter(replaces=booking).get().reference is None


def test_the_secured_difference_moves_the_booking(booking: Booking) -> None:
    kept = move(booking)
    moved = complete(booking, kept)
    row = Booking.objects.get(pk=booking.pk)
    assert (moved.pk, row.reference, row.status) == (booking.pk, booking.reference, S.RESERVED)
    assert (row.start, row.end, row.blocked_until) == (NOON, NOON + 2 * HOUR, NOON + 2 * HOUR)
    assert (row.energy_kwh, row.total_amount) == (Decimal("22.00"), Decimal("11.00"))
    assert row.quote["total"] == {"amount": "11.00", "currency": "EUR"}
    assert (state(kept), open_replacement(row, now=NOW)) == (S.EXPIRED, None)
    assert (steps(booking), events(booking)) == ([("RESERVED", "RESERVED")], ["booking.rescheduled"])
    assert set(DomainEvent.objects.values_list("subject", flat=True)) == {f"booking:{booking.reference}"}
    assert booking_document(row)["payment"]["status"] == "secured"


def test_a_booking_that_waits_for_its_operator_asks_again(booking: Booking) -> None:
    Booking.objects.update(status=S.PENDING, answer_by=START)
    booking.refresh_from_db()
    moved = complete(booking, move(booking), now=LATE)
    assert (moved.status, moved.answer_by) == (S.PENDING, LATE + 2 * HOUR)


def test_done_again_it_changes_nothing(booking: Booking) -> None:
    kept = move(booking)
    complete(booking, kept)
    assert complete(booking, kept).start == NOON
    assert events(booking) == ["booking.rescheduled"]


def test_a_late_payment_still_moves_the_booking_while_the_slot_is_free(booking: Booking) -> None:
    kept = move(booking)
    assert expire_holds(LATE) == 1
    assert (state(kept), open_replacement(booking, now=LATE)) == (S.EXPIRED, None)
    assert complete(booking, kept, now=LATE).start == NOON


def test_a_late_payment_for_a_slot_that_is_gone_leaves_the_old_one(booking: Booking, stranger: User) -> None:
    kept = move(booking)
    take(booking.evse, stranger, NOON, LATE)
    assert state(kept) == S.EXPIRED
    with pytest.raises(SlotTaken):
        complete(booking, kept, now=LATE)
    assert as_it_was(booking)
    assert events(booking) == []


def test_a_replacement_that_is_being_paid_outlives_its_time(booking: Booking, stranger: User) -> None:
    kept = move(booking)
    note_payment(kept, Booking.PaymentStatus.PROCESSING, now=NOW)
    assert expire_holds(LATE) == 0
    assert open_replacement(booking, now=LATE) == kept
    with pytest.raises(SlotTaken):
        take(booking.evse, stranger, NOON, LATE)
    assert complete(booking, kept, now=LATE).start == NOON
    assert "booking.payment" not in DomainEvent.objects.values_list("type", flat=True)


def test_another_wish_lets_the_first_go(booking: Booking, stranger: User) -> None:
    first = move(booking)
    second = move(booking, NOON + HOUR, now=NOW + timedelta(minutes=1))
    assert (state(first), state(second)) == (S.EXPIRED, S.HELD)
    with pytest.raises(SlotTaken):
        complete(booking, first, now=LATE)
    assert complete(booking, second, now=LATE).start == NOON + HOUR


def test_a_late_payment_does_not_undo_a_later_move(booking: Booking) -> None:
    kept = move(booking)
    assert move(booking, NOON, hours=1, now=NOW + timedelta(minutes=1)).pk == booking.pk
    assert state(kept) == S.EXPIRED
    with pytest.raises(SlotTaken):
        complete(booking, kept, now=LATE)
    assert Booking.objects.get(pk=booking.pk).end == NOON + HOUR


def test_a_refused_wish_keeps_the_one_before(booking: Booking, stranger: User) -> None:
    kept = move(booking)
    make_booking(booking.evse, stranger, start=NOON + 4 * HOUR)
    with pytest.raises(SlotTaken):
        move(booking, NOON + 4 * HOUR)
    assert open_replacement(booking, now=NOW) == kept


def dropped(booking: Booking) -> Booking:
    return drop_replacement(Booking.objects.get(replaces=booking), now=NOW)


def canceled(booking: Booking) -> Any:
    return cancel(booking, actor=booking.driver, now=NOW)


def withdrawn(booking: Booking) -> Any:
    by, reason = booking.driver, CanceledReason.BLOCKED
    return cancel_for_operator(booking, actor=by, now=NOW, reason=reason)


def arrived(booking: Booking) -> Any:
    return arrive(booking, actor=booking.driver, now=NOW)


def unpaid(booking: Booking) -> Any:
    return lose_payment(booking, reason="The card was declined.", now=NOW)


def corrected(booking: Booking) -> Any:
    later, by = NOON + 6 * HOUR, booking.driver
    return correct_slot(booking, start=later, end=later + HOUR, actor=by, now=NOW, reason="by telephone")


def closed(booking: Booking) -> Any:
    by = Booking.CanceledBy.OPERATOR
    day: dict[str, Any] = {"start": START, "end": START + 24 * HOUR}
    return withdraw_slots(booking.station_id, **day, by=by, actor=None, now=NOW, words="Works")


@pytest.mark.parametrize("act", [dropped, canceled, withdrawn, arrived, unpaid, corrected, closed])
def test_whatever_ends_the_wish_lets_the_slot_go(
    booking: Booking, stranger: User, act: Callable[..., Any]
) -> None:
    kept = move(booking)
    act(booking)
    assert (state(kept), open_replacement(booking, now=NOW)) == (S.EXPIRED, None)
    assert take(booking.evse, stranger, NOON, NOW).status == S.HELD


def test_a_rejected_booking_lets_its_slot_go(booking: Booking) -> None:
    Booking.objects.update(status=S.PENDING, answer_by=START)
    booking.refresh_from_db()
    kept = move(booking)
    reject(booking, actor=booking.driver, now=NOW)
    assert state(kept) == S.EXPIRED


def test_a_closure_of_the_new_time_lets_only_the_new_slot_go(booking: Booking) -> None:
    kept = move(booking)
    span: dict[str, Any] = {"start": NOON, "end": NOON + HOUR}
    by = Booking.CanceledBy.OPERATOR
    assert withdraw_slots(booking.station_id, **span, by=by, actor=None, now=NOW, words="Works") == 0
    assert (state(kept), as_it_was(booking)) == (S.EXPIRED, True)
    assert events(booking) == []


def test_a_booking_that_is_over_does_not_move(booking: Booking) -> None:
    kept = move(booking)
    cancel(booking, actor=booking.driver, now=NOW)
    with pytest.raises(WrongState):
        complete(booking, kept)
    assert Booking.objects.get(pk=booking.pk).start == START


def test_nothing_else_becomes_of_a_replacement(booking: Booking, driver: User) -> None:
    kept = move(booking)
    with pytest.raises(WrongState):
        secured: dict[str, Any] = {"status": Booking.PaymentStatus.SECURED, "secured_amount": Decimal(11)}
        confirm_secured(kept, **secured, now=NOW)
    other = make_booking(booking.evse, driver, start=NOON + 6 * HOUR)
    with pytest.raises(WrongState):
        complete(other, kept)
    assert (state(kept), as_it_was(booking)) == (S.HELD, True)


def test_letting_go_twice_is_the_same_as_once(booking: Booking) -> None:
    kept = move(booking)
    drop_replacement(kept, now=NOW)
    assert drop_replacement(kept, now=LATE).last_updated == NOW
    assert kept.transitions.count() == 2
