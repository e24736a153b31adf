"""Rescheduling: one row moves, under the terms and the tariff it was accepted with."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.errors import SlotTaken, TooLateToChange
from bookings.models import Booking
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station, TariffVersion
from tests.factories import make_booking, make_evse, make_station, make_vehicle

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def booked(driver: User, status: S = S.RESERVED, station: Station | None = None, **fields: Any) -> Booking:
    station = station or make_station(terms={"change_until_minutes": 30})
    return make_booking(station.evses.all()[0], driver, start=START, status=status, **fields)


def move(booking: Booking, start: datetime = NOON, minutes: int = 60, **more: Any) -> Booking:
    end = start + timedelta(minutes=minutes)
    return reschedule(booking, start=start, end=end, **{"actor": booking.driver, "now": NOW, **more})


def unchanged(booking: Booking) -> bool:
    row = Booking.objects.get(pk=booking.pk)
    same = (row.start, row.end, row.evse, row.status) == (
        START,
        START + timedelta(hours=1),
        booking.evse,
        booking.status,
    )
    return same and nothing_was_written()


def test_the_row_moves_and_keeps_its_names(driver: User) -> None:
    booking = booked(driver)
    moved = move(booking)
    row = Booking.objects.get()
    assert (row.reference, row.request_id, row.status) == (booking.reference, booking.request_id, S.RESERVED)
    assert (row.start, row.end, row.blocked_until) == (
        NOON,
        NOON + timedelta(hours=1),
        NOON + timedelta(hours=1),
    )
    assert (moved.pk, moved.start, moved.last_updated) == (row.pk, NOON, NOW)


def test_history_audit_and_event_say_from_where_and_to_where(driver: User) -> None:
    booking = booked(driver)
    move(booking)
    assert (steps(booking), events(booking)) == ([("RESERVED", "RESERVED")], ["booking.rescheduled"])
    from_where = f"Moved from Tue 1 Dec 09:00 at charge point {booking.evse.physical_reference}."
    assert booking.transitions.get().reason == from_where
    data = DomainEvent.objects.get(type="booking.rescheduled").data
    assert (data["before"]["start"], data["after"]["start"]) == (
        "2026-12-01T08:00:00Z",
        "2026-12-01T12:00:00Z",
    )


def test_the_price_is_that_of_the_new_time_by_the_accepted_tariff(driver: User) -> None:
    booking = booked(driver)
    dearer = {**booking.tariff_version.document, "currency": "USD"}
    tariff = booking.tariff_version.tariff
    tariff.current = TariffVersion.objects.create(tariff=tariff, number=2, document=dearer)
    tariff.save()
    moved = move(booking, minutes=120)
    assert (moved.energy_kwh, moved.total_amount) == (Decimal("22.00"), Decimal("11.00"))
    assert moved.quote["total"] == {"amount": "11.00", "currency": "EUR"}


def test_an_energy_that_was_asked_for_stays_and_one_that_was_not_is_estimated_anew(driver: User) -> None:
    asked = move(booked(driver, energy_kwh=Decimal(8)), minutes=120)
    assert asked.energy_kwh == Decimal(8)
    assert move(booked(driver), minutes=30).energy_kwh == Decimal("5.50")


def test_the_accepted_buffer_goes_with_the_booking(driver: User) -> None:
    station = make_station(terms={"buffer_minutes": 15})
    booking = booked(driver, station=station)
    station.terms.buffer_minutes = 60
    station.terms.save()
    assert move(booking).blocked_until == NOON + timedelta(minutes=75)


def test_a_booking_may_overlap_its_own_old_slot(driver: User) -> None:
    booking = booked(driver)
    assert move(booking, START + timedelta(minutes=30)).evse == booking.evse


def test_it_stays_at_its_evse_where_that_is_free_and_else_takes_another_that_fits(
    driver: User, stranger: User
) -> None:
    station = make_station(evses=1)
    booking = booked(driver, station=station)
    make_evse(station, standard="CHADEMO")
    other = make_evse(station)
    assert move(booking).evse == booking.evse
    make_booking(booking.evse, stranger, start=NOON + timedelta(hours=2))
    booking.refresh_from_db()
    assert move(booking, NOON + timedelta(hours=2)).evse.pk == other.pk


def test_a_taken_slot_is_refused_and_the_old_one_stands(driver: User, stranger: User) -> None:
    booking = booked(driver)
    make_booking(booking.evse, stranger, start=NOON)
    with pytest.raises(SlotTaken) as refused:
        move(booking)
    assert [found["start"] for found in refused.value.alternatives] == [
        "2026-12-01T11:00:00Z",
        "2026-12-01T13:00:00Z",
        "2026-12-01T10:45:00Z",
    ]
    assert unchanged(booking)


def test_a_named_evse_is_taken_or_refused(driver: User, stranger: User) -> None:
    station = make_station(evses=2)
    booking = booked(driver, station=station)
    wanted: EVSE = station.evses.all()[1]
    assert move(booking, evse=wanted).evse.pk == wanted.pk
    make_booking(wanted, stranger, start=START)
    booking.refresh_from_db()
    with pytest.raises(SlotTaken):
        move(booking, START, evse=wanted)
    assert Booking.objects.get(pk=booking.pk).start == NOON


def test_change_until_counts_from_the_old_start(driver: User) -> None:
    booking = booked(driver)
    with pytest.raises(TooLateToChange):
        move(booking, now=START - timedelta(minutes=30) + timedelta(microseconds=1))
    assert unchanged(booking)
    assert move(booking, now=START - timedelta(minutes=30)).start == NOON


def test_the_rules_of_a_slot_hold_for_the_new_one(driver: User) -> None:
    booking = booked(driver)
    with pytest.raises(Invalid) as refused:
        move(booking, NOON + timedelta(minutes=5), 1000)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [
        ("start", "not_on_increment"),
        ("end", "too_long"),
    ]
    assert unchanged(booking)


def test_a_station_that_takes_no_bookings_takes_no_changes(driver: User) -> None:
    booking = booked(driver)
    Station.objects.update(approval="SUSPENDED")
    with pytest.raises(Invalid) as refused:
        move(booking)
    assert refused.value.code == "station_not_bookable"
    assert unchanged(booking)


def test_a_pending_booking_asks_its_operator_again(driver: User) -> None:
    booking = booked(driver, S.PENDING, answer_by=START)
    moved = move(booking)
    assert (moved.status, moved.answer_by) == (S.PENDING, NOW + timedelta(minutes=120))


@pytest.mark.parametrize("status", [S.HELD, S.EXPIRED, S.CANCELED, S.FULFILLED, S.COMPLETED, S.NO_SHOW])
def test_only_what_is_promised_or_asked_for_can_move(driver: User, status: S) -> None:
    booking = booked(driver, status)
    with pytest.raises(WrongState):
        move(booking)
    assert unchanged(booking)


def test_a_time_that_is_not_dearer_needs_no_payment_online(driver: User) -> None:
    booking = booked(driver, station=make_station(terms={"payment": "ONLINE"}))
    moved = move(booking)
    assert (moved.pk, moved.start, moved.total_amount) == (booking.pk, NOON, Decimal("5.50"))
    assert move(moved, START, minutes=30).total_amount == Decimal("2.75")
    assert Booking.objects.count() == 1


def test_the_car_of_the_booking_still_limits_the_power(driver: User) -> None:
    vehicle = make_vehicle(driver, max_ac_kw=Decimal("7.4"))
    station = make_station()
    held = hold_slot(
        driver, station=station, start=START, end=START + timedelta(hours=1), vehicle=vehicle, now=NOW
    )
    Booking.objects.filter(pk=held.pk).update(status=S.RESERVED)
    held.refresh_from_db()
    moved = move(held, minutes=30)
    assert (moved.power_kw, moved.energy_kwh) == (Decimal("7.4"), Decimal("3.70"))


@pytest.mark.parametrize(("status", "now"), [(S.CANCELED, NOW), (S.RESERVED, START)])
def test_a_time_that_nobody_may_book_is_told_before_the_state_that_forbids_the_move(
    driver: User, status: S, now: datetime
) -> None:
    """422 wins over 409."""
    booking = booked(driver, status)
    with pytest.raises(Invalid) as refused:
        move(booking, NOON + timedelta(minutes=5), now=now)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("start", "not_on_increment")]
    assert unchanged(booking)
