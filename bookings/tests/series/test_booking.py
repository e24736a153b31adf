"""Previewing and booking a series: each date by itself, the caps, and what is told."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bookings.errors import NothingToBook, SlotTaken
from bookings.models import Booking, Series
from bookings.recurrence import parse_rule
from bookings.services.hold import hold_slot
from bookings.services.series.asking import SeriesAsk, preview_series
from bookings.services.series.booking import book_series
from bookings.tests.series.conftest import DAYS, FIRST, HOUR, NOW, WEEK, Ask, days_of, events, statuses
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Closure, Station
from tests.factories import make_booking, make_evse, make_station, make_user

pytestmark = pytest.mark.django_db


def codes(ask: Ask, rrule: str = "FREQ=WEEKLY;BYDAY=TU;COUNT=4") -> list[str]:
    return [slot.problem.code if slot.problem else "" for slot in preview_series(ask(rrule), now=NOW).dates]


def test_a_preview_has_each_date_with_its_price_and_the_sum_of_the_free_ones(
    ask: Ask, evse: EVSE, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    preview = preview_series(ask(), now=NOW)
    assert [slot.ask.wall.date() for slot in preview.dates] == DAYS
    assert [slot.free for slot in preview.dates] == [True, False, True, True]
    assert [str(slot.total) for slot in preview.free] == ["5.50 EUR"] * 3
    assert str(preview.total) == "16.50 EUR"
    assert not Series.objects.exists()
    assert Booking.objects.count() == 1


def test_a_taken_date_comes_with_the_three_nearest_alternatives(ask: Ask, evse: EVSE, stranger: User) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    [taken] = [slot.problem for slot in preview_series(ask(), now=NOW).dates if slot.problem]
    assert isinstance(taken, SlotTaken)
    assert [one["start"] for one in taken.alternatives] == [
        "2026-12-08T06:30:00Z",
        "2026-12-08T08:30:00Z",
        "2026-12-08T06:15:00Z",
    ]


def test_each_date_is_refused_by_its_own_rule(ask: Ask, site: Station, evse: EVSE) -> None:
    Closure.objects.create(station=site, start=FIRST + WEEK, end=FIRST + WEEK + HOUR)
    Closure.objects.create(station=site, evse=evse, start=FIRST + 2 * WEEK, end=FIRST + 2 * WEEK + HOUR)
    assert codes(ask, "FREQ=WEEKLY;COUNT=6") == [
        "",
        "outside_opening_hours",
        "slot_taken",
        "",
        "",
        "too_far_ahead",
    ]


def test_a_preview_of_52_dates_costs_as_many_queries_as_one_of_two(
    ask: Ask, site: Station, evse: EVSE, stranger: User
) -> None:
    site.terms.booking_horizon_minutes = 60 * 24 * 400
    site.terms.save()
    for week in range(52):
        make_booking(evse, stranger, start=FIRST + week * WEEK - HOUR, minutes=180)

    def cost(count: int) -> int:
        asked = ask(f"FREQ=WEEKLY;COUNT={count}")
        preview_series(asked, now=NOW)
        with CaptureQueriesContext(connection) as spent:
            dates = preview_series(asked, now=NOW).dates
        assert [isinstance(slot.problem, SlotTaken) for slot in dates] == [True] * count
        return len(spent)

    assert (cost(2), cost(52)) == (3, 3)


def test_booking_on_site_confirms_every_date_at_its_own_charge_point(
    ask: Ask, driver: User, site: Station
) -> None:
    make_evse(site)
    booked = book_series(driver, ask(), now=NOW)
    dates = booked.series.bookings.order_by("start")
    assert days_of(dates) == DAYS
    assert statuses(dates) == [S.RESERVED] * 4
    assert [(one.start, one.end, one.total_amount) for one in dates] == [
        (FIRST + n * WEEK, FIRST + n * WEEK + HOUR, Decimal("5.50")) for n in range(4)
    ]
    assert all(one.occurrence == one.start for one in dates)
    assert booked.series.rrule == "FREQ=WEEKLY;BYDAY=TU;COUNT=4"


def test_a_series_is_told_once_and_its_dates_say_so(ask: Ask, driver: User) -> None:
    series = book_series(driver, ask(), now=NOW).series
    assert events() == ["series.booked"]
    told = DomainEvent.objects.get(type="series.booked").data
    assert (told["series_id"], told["total"], told["currency"]) == (str(series.pk), "22.00", "EUR")
    assert told["starts"] == [f"2026-12-{day:02}T07:30:00Z" for day in (1, 8, 15, 22)]
    of_dates = DomainEvent.objects.filter(type__startswith="booking.")
    assert of_dates.count() == 8
    assert {event.data["told_with_series"] for event in of_dates} == {True}


def test_a_booking_of_no_series_says_nothing_of_one(driver: User, site: Station) -> None:
    hold_slot(driver, station=site, start=FIRST, end=FIRST + HOUR, now=NOW)
    assert "series" not in DomainEvent.objects.get(type="booking.held").data


def test_a_taken_date_stops_no_other(ask: Ask, driver: User, evse: EVSE, stranger: User) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    booked = book_series(driver, ask(), now=NOW)
    assert [
        one.problem.code if one.problem else one.booking.status if one.booking else None
        for one in booked.dates
    ] == [
        S.RESERVED,
        "slot_taken",
        S.RESERVED,
        S.RESERVED,
    ]
    assert days_of(booked.series.bookings) == [DAYS[0], *DAYS[2:]]


def test_only_chosen_dates_are_booked(ask: Ask, driver: User) -> None:
    series = book_series(driver, ask(), chosen=[DAYS[3], DAYS[0]], now=NOW).series
    assert days_of(series.bookings) == [DAYS[0], DAYS[3]]


@pytest.mark.parametrize("chosen", [[], [DAYS[0], DAYS[0] + timedelta(days=1)]])
def test_choosing_nothing_or_another_day_is_refused(ask: Ask, driver: User, chosen: list[object]) -> None:
    with pytest.raises(Invalid) as refused:
        book_series(driver, ask(), chosen=chosen, now=NOW)  # type: ignore[arg-type]
    assert [(error.field, error.code) for error in refused.value.field_errors] == [("dates", "invalid")]
    assert not Series.objects.exists()


def test_when_no_date_can_be_had_nothing_is_left(ask: Ask, driver: User, evse: EVSE, stranger: User) -> None:
    for week in range(4):
        make_booking(evse, stranger, start=FIRST + week * WEEK)
    with pytest.raises(NothingToBook) as refused:
        book_series(driver, ask(), now=NOW)
    assert [one["date"] for one in refused.value.extra["occurrences"]] == [str(day) for day in DAYS]
    assert not Series.objects.exists()
    assert not DomainEvent.objects.exists()


def test_booked_twice_under_one_id_is_one_series(ask: Ask, driver: User, stranger: User) -> None:
    name = uuid4()
    first = book_series(driver, ask(), series_id=name, now=NOW)
    again = book_series(driver, ask(), series_id=name, now=NOW)
    assert again.series == first.series
    assert Booking.objects.count() == 4
    with pytest.raises(WrongState):
        book_series(stranger, ask(), series_id=name, now=NOW)


def test_fifty_two_dates_are_one_booking_to_the_caps(ask: Ask, driver: User, site: Station) -> None:
    site.terms.booking_horizon_minutes = 60 * 24 * 400
    site.terms.save()
    for _ in range(ours.EVB_MAX_OPEN_BOOKINGS - 2):
        make_booking(make_station(evses=1).evses.get(), driver, start=FIRST, now=NOW)
    book_series(driver, ask("FREQ=WEEKLY;COUNT=52"), now=NOW)
    assert Booking.objects.filter(driver=driver, series__isnull=False).count() == 52
    other = make_station(evses=2)
    hold_slot(driver, station=other, start=FIRST, end=FIRST + HOUR, now=NOW)
    with pytest.raises(Invalid) as refused:
        hold_slot(driver, station=other, start=FIRST, end=FIRST + HOUR, now=NOW)
    assert refused.value.code == "too_many_bookings"


def test_a_driver_has_three_series_at_most(driver: User) -> None:
    for _ in range(ours.EVB_MAX_OPEN_SERIES):
        book_series(driver, _elsewhere(), now=NOW)
    with pytest.raises(NothingToBook) as refused:
        book_series(driver, _elsewhere(), now=NOW)
    assert {one["code"] for one in refused.value.extra["occurrences"]} == {"too_many_bookings"}
    assert Series.objects.count() == ours.EVB_MAX_OPEN_SERIES == 3
    book_series(make_user(), _elsewhere(), now=NOW)


def test_a_series_held_for_payment_is_told_only_when_it_is_paid(
    ask: Ask, driver: User, site: Station
) -> None:
    site.terms.payment = "ONLINE"
    site.terms.save()
    series = book_series(driver, ask(), now=NOW).series
    assert statuses(series.bookings) == [S.HELD] * 4
    assert events() == []


def test_dates_that_would_overlap_each_other_are_refused(ask: Ask, driver: User) -> None:
    with pytest.raises(Invalid, match="before the next one") as refused:
        book_series(driver, ask("FREQ=DAILY;COUNT=2", end=FIRST + 25 * HOUR), now=NOW)
    assert refused.value.code == "too_long"


def _elsewhere() -> SeriesAsk:
    station = make_station(evses=1)
    return SeriesAsk(station, FIRST, FIRST + HOUR, parse_rule("FREQ=WEEKLY;COUNT=2"))
