"""The day's slot picker that pages show."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.availability import Offer, offer_now
from bookings.selectors import CellState, slot_picker, station_page
from evbooking.core.money import Money
from evbooking.core.ocpi import ConnectorType
from stations.models import Closure, Station
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 1)


def offer_of(station: Station) -> Offer:
    offer = offer_now(station.pk)
    assert offer
    return offer


def test_columns_are_connector_classes_and_rows_the_starts_of_the_day(driver: User, now: datetime) -> None:
    station = factories.make_station(evses=2)
    fast = factories.make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    factories.make_booking(fast, driver, start=now + timedelta(hours=1))
    picker = slot_picker(offer_of(station), day=DAY, now=now)
    assert [(one.standard, one.power_kw, one.unit_count) for one in picker.columns] == [
        ("IEC_62196_T2", Decimal(11), 2),
        ("IEC_62196_T2_COMBO", Decimal(50), 1),
    ]
    assert (len(picker.starts), picker.duration) == (96, timedelta(hours=1))
    ac, dc = picker.columns
    eight = picker.starts.index(now)
    assert [cell.state for cell in dc.cells[eight - 1 : eight + 9]] == [
        CellState.PAST,
        CellState.FREE,
        *[CellState.TAKEN] * 7,
        CellState.FREE,
    ]
    assert (ac.cells[eight].free_units, ac.cells[eight].price) == (2, Money(Decimal("5.50"), "EUR"))
    assert (ac.free_count, dc.free_count) == (64, 57)
    assert dc.cells[eight].evse_uid == fast.uid


def test_the_best_slots_are_marked_with_their_reason(now: datetime) -> None:
    station = factories.make_station()
    picker = slot_picker(offer_of(station), day=DAY, now=now)
    assert [(cell.rank, cell.start - now) for cell in picker.best] == [
        (1, timedelta()),
        (2, timedelta(minutes=15)),
        (3, timedelta(minutes=30)),
    ]
    assert (
        picker.best[0].reason == "11 kWh for 5.50 EUR, 0.0 km away (0.00 for the way), starts when you wish."
    )


def test_closed_times_are_told_from_taken_ones(now: datetime) -> None:
    station = factories.make_station()
    Closure.objects.create(
        station=station, start=now + timedelta(hours=2), end=now + timedelta(hours=3), reason="works"
    )
    [column] = slot_picker(offer_of(station), day=DAY, now=now).columns
    closed = [cell.start - now for cell in column.cells if cell.state == CellState.CLOSED]
    assert (closed[0], closed[-1]) == (timedelta(minutes=75), timedelta(minutes=165))


def test_a_duration_the_terms_forbid_has_no_rows(station: Station, now: datetime) -> None:
    picker = slot_picker(offer_of(station), day=DAY, now=now, duration=timedelta(hours=9))
    assert (picker.starts, picker.columns, picker.best) == ((), (), [])


def test_the_picker_takes_one_query(
    station: Station, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer = offer_of(station)
    with django_assert_num_queries(1):
        slot_picker(offer, day=DAY, now=now)


def test_the_station_page_knows_whether_it_is_open(now: datetime) -> None:
    hours = {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 2, "period_begin": "09:00", "period_end": "18:00"}],
    }
    station = factories.make_station(opening_times=hours)
    page = station_page(station.slug, now)
    assert page
    assert (page.opening.is_open, page.opening.changes_at) == (False, now + timedelta(hours=1))
    assert (page.offer.id, page.found.available_count, list(page.images)) == (station.pk, 1, [])


def test_a_station_that_is_not_public_has_no_page(now: datetime) -> None:
    station = factories.make_station(approval=Station.Approval.SUSPENDED)
    assert station_page(station.slug, now) is None
    assert station_page("nowhere", now) is None
