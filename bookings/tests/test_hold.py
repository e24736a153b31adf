"""Holding a slot: what is written, what is refused, and that a refusal writes nothing."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.errors import SlotTaken
from bookings.models import Booking, BookingTransition
from bookings.services.hold import hold_slot
from evbooking.core.errors import Forbidden, Invalid
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from stations.models import Closure, Connector, Station
from tests.factories import make_booking, make_evse, make_station, make_user, make_vehicle

NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)
EIGHT = datetime(2026, 12, 1, 8, tzinfo=UTC)
NINE = EIGHT + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def hold(driver: User, station: Station, start: datetime = EIGHT, minutes: int = 60, **wish: Any) -> Booking:
    return hold_slot(
        driver, station=station, start=start, end=start + timedelta(minutes=minutes), **{"now": NOW, **wish}
    )


def refusal(driver: User, station: Station, **wish: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        hold(driver, station, **wish)
    assert not Booking.objects.exists()
    assert not DomainEvent.objects.exists()
    return [(error.field, error.code) for error in refused.value.field_errors]


def test_a_hold_keeps_the_slot_for_ten_minutes_with_price_terms_and_history(driver: User) -> None:
    station = make_station(terms={"buffer_minutes": 10, "noshow_fee_amount": Decimal("2.50")})
    evse = station.evses.get()
    booking = Booking.objects.get(pk=hold(driver, station).pk)
    assert booking.status == ReservationStatus.HELD
    assert booking.hold_expires_at == NOW + timedelta(minutes=10)
    assert (booking.evse, booking.connector) == (evse, "IEC_62196_T2")
    assert (booking.start, booking.end) == (EIGHT, NINE)
    assert booking.blocked_until == NINE + timedelta(minutes=10)
    assert (booking.energy_kwh, booking.power_kw) == (Decimal("11.00"), Decimal("11.00"))
    assert booking.quote["total"] == {"amount": "5.50", "currency": "EUR"}
    assert (booking.total_amount, booking.currency) == (Decimal("5.500"), "EUR")
    assert (booking.terms["buffer_minutes"], booking.terms["noshow_fee_amount"]) == (10, "2.500")
    assert booking.tariff_version == station.tariff.current
    assert booking.payment_status == Booking.PaymentStatus.NONE
    assert re.fullmatch("[A-HJ-NP-Z2-9]{8}", booking.reference or "")


def test_a_hold_writes_one_step_of_history_one_audit_entry_and_one_event(driver: User) -> None:
    station = make_station()
    booking = hold(driver, station)
    step = BookingTransition.objects.get()
    assert (step.from_status, step.to_status, step.at, step.actor) == ("", "HELD", NOW, driver)
    audited = AuditEntry.objects.get(action="booking.held")
    assert (audited.target_id, audited.before, audited.after) == (str(booking.pk), None, {"status": "HELD"})
    event = DomainEvent.objects.get(type="booking.held")
    assert event.subject == f"booking:{booking.reference}"
    assert event.data == {
        "booking_id": str(booking.pk),
        "reference": booking.reference,
        "station_id": str(station.pk),
        "evse_uid": station.evses.get().uid,
        "driver_id": str(driver.pk),
        "start": "2026-12-01T08:00:00Z",
        "end": "2026-12-01T09:00:00Z",
        "status": "HELD",
        "before": None,
        "after": {"status": "HELD"},
        "actor": str(driver.pk),
        "actor_id": str(driver.pk),
        "reason": "",
    }


def test_a_taken_slot_is_refused_with_the_three_nearest_alternatives(driver: User, stranger: User) -> None:
    station = make_station()
    hold(stranger, station, EIGHT)
    with pytest.raises(SlotTaken) as refused:
        hold(driver, station, EIGHT + timedelta(minutes=30), 30)
    starts = [found["start"] for found in refused.value.alternatives]
    assert starts == ["2026-12-01T09:00:00Z", "2026-12-01T09:15:00Z", "2026-12-01T09:30:00Z"]
    assert Booking.objects.get().driver == stranger


@pytest.mark.parametrize("start", [EIGHT - timedelta(minutes=0), NINE + timedelta(hours=1)])
def test_slots_that_only_touch_do_not_meet(driver: User, stranger: User, start: datetime) -> None:
    station = make_station()
    hold(stranger, station, NINE)
    hold(driver, station, start)
    assert Booking.objects.count() == 2


def test_the_buffer_after_a_booking_is_kept_free_and_that_before_the_next_one_too(
    driver: User, stranger: User
) -> None:
    station = make_station(terms={"buffer_minutes": 15})
    hold(stranger, station, NINE)
    with pytest.raises(SlotTaken):
        hold(driver, station, EIGHT)
    with pytest.raises(SlotTaken):
        hold(driver, station, NINE + timedelta(hours=1))
    assert hold(driver, station, EIGHT, 45).blocked_until == NINE
    hold(driver, station, NINE + timedelta(minutes=75))


def test_an_expired_hold_gives_way_and_its_end_is_written_down(driver: User, stranger: User) -> None:
    station = make_station()
    stale = hold(stranger, station, now=NOW - timedelta(minutes=10))
    taken = hold(driver, station)
    stale.refresh_from_db()
    assert (stale.status, taken.status) == ("EXPIRED", "HELD")
    assert list(stale.transitions.values_list("from_status", "to_status", "actor")) == [
        ("", "HELD", stranger.pk),
        ("HELD", "EXPIRED", None),
    ]
    assert DomainEvent.objects.filter(type="booking.expired").count() == 1


def test_a_hold_stands_until_its_last_instant(driver: User, stranger: User) -> None:
    station = make_station()
    hold(stranger, station, now=NOW - timedelta(minutes=10) + timedelta(microseconds=1))
    with pytest.raises(SlotTaken):
        hold(driver, station)


def test_without_an_evse_the_smallest_sufficient_power_is_given(driver: User) -> None:
    station = make_station(standard=ConnectorType.IEC_62196_T2_COMBO)
    slow, middle = make_evse(station), make_evse(station)
    Connector.objects.filter(evse=middle).update(max_electric_power=22_000)
    station.save()  # a raised revision, as every change of a station's parts leaves
    assert hold(driver, station, energy_kwh=Decimal(20)).evse.uid == middle.uid
    assert hold(driver, station, NINE, energy_kwh=Decimal(11)).evse.uid == slow.uid
    assert hold(make_user(), station).evse.uid == slow.uid
    assert hold(make_user(), station, NINE, energy_kwh=Decimal(40)).power_kw == 50


def test_evses_for_walk_ins_out_of_service_or_closed_are_never_given(driver: User) -> None:
    station = make_station(evses=0)
    make_evse(station, walk_in_only=True)
    make_evse(station, inhibits=["fault"])
    closed, free = make_evse(station), make_evse(station)
    Closure.objects.create(station=station, evse=closed, start=EIGHT, end=NINE, reason="works")
    assert hold(driver, station).evse.uid == free.uid
    with pytest.raises(SlotTaken):
        hold(driver, station)
    assert hold(driver, station, NINE).evse.uid == closed.uid


def test_the_power_is_the_cars_limit_and_the_energy_at_most_its_battery(driver: User) -> None:
    station = make_station(standard=ConnectorType.IEC_62196_T2_COMBO)
    vehicle = make_vehicle(driver, max_dc_kw=Decimal(40), battery_kwh=Decimal(50))
    booking = hold(driver, station, minutes=120, vehicle=vehicle)
    assert (booking.power_kw, booking.energy_kwh) == (Decimal(40), Decimal("50.00"))
    assert booking.quote["total"]["amount"] == "25.00"


def test_more_energy_than_the_slot_can_hold_is_cut_to_what_it_can(driver: User) -> None:
    booking = hold(driver, make_station(), minutes=30, energy_kwh=Decimal(30))
    assert booking.energy_kwh == Decimal("5.50")


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({"approval": Station.Approval.DRAFT}, {}),
        ({"approval": Station.Approval.SUSPENDED}, {}),
    ],
)
def test_only_approved_stations_are_bookable(driver: User, fields: Any, terms: Any) -> None:
    assert refusal(driver, make_station(**fields)) == [("station", "station_not_bookable")]


def test_the_stations_of_a_suspended_operator_are_not_bookable(driver: User, station: Station) -> None:
    station.operator.status = "SUSPENDED"
    station.operator.save()
    assert refusal(driver, station) == [("station", "station_not_bookable")]


def test_connectors_that_do_not_fit_are_named_at_their_field(driver: User) -> None:
    station = make_station()
    chademo = make_vehicle(driver, connectors=["CHADEMO"])
    assert refusal(driver, station, connector="CHADEMO") == [("connector", "connector_incompatible")]
    assert refusal(driver, station, vehicle=chademo) == [("vehicle", "connector_incompatible")]
    assert refusal(driver, station, evse=station.evses.get(), connector="CHADEMO") == [
        ("connector", "connector_incompatible")
    ]


def test_evses_that_cannot_be_booked_are_refused_by_name(driver: User) -> None:
    station = make_station(evses=1)
    works = Closure.objects.create(
        station=station, evse=station.evses.get(), start=EIGHT, end=NINE, reason="works"
    )
    assert refusal(driver, station, evse=works.evse) == [("evse_uid", "evse_out_of_service")]
    walk_in = make_evse(station, walk_in_only=True)
    assert refusal(driver, station, evse=walk_in) == [("evse_uid", "evse_out_of_service")]
    removed = make_evse(station, removed_at=NOW)
    assert refusal(driver, station, evse=removed) == [("evse_uid", "evse_out_of_service")]


def test_a_station_whose_fitting_evses_are_all_out_of_service_says_so(driver: User) -> None:
    station = make_station(evses=0)
    make_evse(station, inhibits=["operator"])
    assert refusal(driver, station) == [("station", "evse_out_of_service")]


def test_every_violated_field_is_named_in_the_order_of_the_request(driver: User) -> None:
    station = make_station()
    wrong = {"connector": "CHADEMO", "start": EIGHT + timedelta(minutes=7), "minutes": 7}
    assert refusal(driver, station, **wrong) == [
        ("connector", "connector_incompatible"),
        ("start", "not_on_increment"),
        ("end", "too_short"),
    ]


def test_at_most_five_live_holds_whatever_the_stations_allow(driver: User) -> None:
    for _ in range(5):
        hold(driver, make_station())
    with pytest.raises(Invalid) as refused:
        hold(driver, make_station())
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("station", "too_many_bookings")]
    assert Booking.objects.count() == 5
    hold(driver, make_station(), now=NOW + timedelta(minutes=10), start=NINE)
    assert Booking.objects.count() == 6


def test_the_cap_of_a_station_counts_open_bookings_there(driver: User, stranger: User) -> None:
    station = make_station(terms={"max_open_bookings_per_driver": 1})
    evse = station.evses.get()
    first = make_booking(evse, driver, start=NINE)
    with pytest.raises(Invalid) as refused:
        hold(driver, station)
    assert refused.value.code == "too_many_bookings"
    hold(stranger, station)
    Booking.objects.filter(pk=first.pk).update(status="COMPLETED")
    hold(driver, station, NINE + timedelta(hours=1))


def test_twenty_open_bookings_are_the_most(driver: User) -> None:
    for _ in range(20):
        make_booking(make_station().evses.get(), driver, start=NINE)
    with pytest.raises(Invalid) as refused:
        hold(driver, make_station())
    assert refused.value.code == "too_many_bookings"
    assert Booking.objects.count() == 20


def test_a_closure_made_a_moment_ago_is_seen(driver: User) -> None:
    station = make_station()
    hold(driver, station, NINE)
    Closure.objects.create(station=station, start=EIGHT, end=NINE, reason="works")
    with pytest.raises(Invalid) as refused:
        hold(driver, station)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("start", "outside_opening_hours")]
    assert Booking.objects.count() == 1


def test_an_account_closed_while_its_hold_waited_gets_nothing(driver: User) -> None:
    """The request was let in while the account was open; the driver's lock came after its deletion."""
    station = make_station()
    User.objects.filter(pk=driver.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        hold(driver, station)
    assert not Booking.objects.exists()
    assert not DomainEvent.objects.exists()
