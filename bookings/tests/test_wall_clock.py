"""Slots by the site's wall clock, through the API: days of 23 and 25 hours, midnight, closures, exact edges."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from stations.models import Closure, Station
from tests.factories import make_station

Api = Callable[[User | None], APIClient]
URL = "/api/v1/bookings"

pytestmark = pytest.mark.django_db

BERLIN_SPRING = datetime(2027, 3, 28, tzinfo=ZoneInfo("Europe/Berlin"))
BERLIN_AUTUMN = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin"))
NEW_YORK_SPRING = datetime(2027, 3, 14, tzinfo=ZoneInfo("America/New_York"))
NEW_YORK_AUTUMN = datetime(2026, 11, 1, tzinfo=ZoneInfo("America/New_York"))
LORD_HOWE_SPRING = datetime(2026, 10, 4, tzinfo=ZoneInfo("Australia/Lord_Howe"))
LORD_HOWE_AUTUMN = datetime(2027, 4, 4, tzinfo=ZoneInfo("Australia/Lord_Howe"))


def book(
    api: Api, driver: User, station: Station, start: datetime, minutes: int = 60, now: datetime | None = None
) -> tuple[int, list[tuple[str, str]]]:
    """Status and field errors of a POST, asked a day before unless `now` is given."""
    start = start.astimezone(UTC)
    body: dict[str, Any] = {
        "station": str(station.pk),
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=minutes)).isoformat(),
    }
    with time_machine.travel(now or start - timedelta(days=1), tick=False):
        answer = api(driver).post(URL, body)
    return answer.status_code, [(e["field"], e["code"]) for e in answer.json().get("errors", [])]


def at(midnight: datetime, minutes: int) -> datetime:
    """So many elapsed minutes after midnight of the site."""
    return midnight.astimezone(UTC) + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        (BERLIN_SPRING, 23),
        (BERLIN_AUTUMN, 25),
        (NEW_YORK_SPRING, 23),
        (NEW_YORK_AUTUMN, 25),
        (LORD_HOWE_SPRING, 23.5),
        (LORD_HOWE_AUTUMN, 24.5),
    ],
)
def test_the_whole_of_a_day_with_a_change_of_clocks_is_one_booking(
    api: Api, driver: User, midnight: datetime, hours: float
) -> None:
    """Open from midnight to midnight that day only: the day has exactly so many hours, and not a minute more."""
    weekday = midnight.isoweekday()
    hours_of_day = {"weekday": weekday, "period_begin": "00:00", "period_end": "24:00"}
    terms = {"timeslot_increment_minutes": 30, "max_booking_duration": 2880}
    station = make_station(
        time_zone=str(midnight.tzinfo),
        opening_times={"twentyfourseven": False, "regular_hours": [hours_of_day]},
        terms=terms,
    )
    minutes = int(hours * 60)
    closed = (422, [("start", "outside_opening_hours")])
    assert book(api, driver, station, at(midnight, 0), minutes + 30) == closed
    assert book(api, driver, station, at(midnight, -30), minutes) == closed
    assert book(api, driver, station, at(midnight, 0), minutes) == (201, [])
    assert Booking.objects.get().end == (midnight + timedelta(days=1)).astimezone(UTC)


@pytest.mark.parametrize(
    ("midnight", "minutes_to_the_change"),
    [(BERLIN_SPRING, 120), (BERLIN_AUTUMN, 180), (NEW_YORK_SPRING, 120), (NEW_YORK_AUTUMN, 120)],
)
def test_a_booking_across_the_change_lasts_the_time_that_passes(
    api: Api, driver: User, midnight: datetime, minutes_to_the_change: int
) -> None:
    station = make_station(time_zone=str(midnight.tzinfo))
    assert book(api, driver, station, at(midnight, minutes_to_the_change - 60), 120) == (201, [])
    booking = Booking.objects.get()
    assert booking.end - booking.start == timedelta(hours=2)
    assert booking.energy_kwh == 22


def test_both_passes_of_a_repeated_hour_can_be_booked(api: Api, driver: User) -> None:
    station = make_station(time_zone="Europe/Berlin")
    first = BERLIN_AUTUMN.replace(hour=2)
    second = first.replace(fold=1)
    assert book(api, driver, station, first) == (201, [])
    assert book(api, driver, station, second) == (201, [])
    one, other = Booking.objects.order_by("start")
    assert (one.end, other.start - one.start) == (other.start, timedelta(hours=1))


def test_the_half_hour_shift_of_lord_howe_moves_the_grid_of_whole_hours(api: Api, driver: User) -> None:
    """At 02:00 the clock goes to 02:30: an hourly grid goes on at 03:00, thirty minutes of time later."""
    station = make_station(time_zone="Australia/Lord_Howe", terms={"timeslot_increment_minutes": 60})
    off = (422, [("start", "not_on_increment")])
    assert book(api, driver, station, at(LORD_HOWE_SPRING, 60)) == (201, [])
    assert book(api, driver, station, at(LORD_HOWE_SPRING, 120)) == off
    assert book(api, driver, station, at(LORD_HOWE_SPRING, 150)) == (201, [])
    assert book(api, driver, station, at(LORD_HOWE_SPRING, 180)) == off


def test_a_station_open_over_midnight_takes_a_booking_across_it(api: Api, driver: User) -> None:
    friday_night = {"weekday": 5, "period_begin": "20:00", "period_end": "04:00"}
    opening = {"twentyfourseven": False, "regular_hours": [friday_night]}
    station = make_station(opening_times=opening)
    berlin = ZoneInfo("Europe/Berlin")
    friday = datetime(2026, 12, 4, tzinfo=berlin)
    closed = (422, [("start", "outside_opening_hours")])
    assert book(api, driver, station, friday.replace(hour=19, minute=45)) == closed
    assert book(api, driver, station, friday.replace(hour=20), 480) == (201, [])
    assert book(api, driver, station, datetime(2026, 12, 5, 3, 15, tzinfo=berlin)) == closed
    assert book(api, driver, station, datetime(2026, 12, 5, 20, tzinfo=berlin)) == closed


def test_closures_are_half_open(api: Api, driver: User) -> None:
    station = make_station()
    noon = datetime(2026, 12, 4, 12, tzinfo=UTC)
    Closure.objects.create(station=station, start=noon, end=noon + timedelta(hours=1), reason="works")
    closed = (422, [("start", "outside_opening_hours")])
    assert book(api, driver, station, noon - timedelta(minutes=45)) == closed
    assert book(api, driver, station, noon + timedelta(minutes=45)) == closed
    assert book(api, driver, station, noon - timedelta(hours=1)) == (201, [])
    assert book(api, driver, station, noon + timedelta(hours=1)) == (201, [])


def test_a_canceled_closure_closes_nothing(api: Api, driver: User) -> None:
    station = make_station()
    noon = datetime(2026, 12, 4, 12, tzinfo=UTC)
    Closure.objects.create(
        station=station, start=noon, end=noon + timedelta(hours=1), reason="works", canceled_at=noon
    )
    assert book(api, driver, station, noon) == (201, [])


def test_a_start_is_past_only_when_it_has_passed(api: Api, driver: User) -> None:
    station = make_station()
    noon = datetime(2026, 12, 4, 12, tzinfo=UTC)
    past = (422, [("start", "in_the_past")])
    assert book(api, driver, station, noon, now=noon + timedelta(microseconds=1)) == past
    assert book(api, driver, station, noon, now=noon) == (201, [])


def test_the_horizon_includes_its_last_instant(api: Api, driver: User) -> None:
    station = make_station(terms={"booking_horizon_minutes": 1440})
    noon = datetime(2026, 12, 4, 12, tzinfo=UTC)
    far = (422, [("start", "too_far_ahead")])
    assert book(api, driver, station, noon, now=noon - timedelta(days=1, microseconds=1)) == far
    assert book(api, driver, station, noon, now=noon - timedelta(days=1)) == (201, [])


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (15, [("end", "too_short")]),
        (30, []),
        (45, []),
        (40, [("end", "not_on_increment")]),
        (120, []),
        (135, [("end", "too_long")]),
    ],
)
def test_durations_include_their_limits(
    api: Api, driver: User, minutes: int, expected: list[tuple[str, str]]
) -> None:
    station = make_station(terms={"min_booking_duration": 30, "max_booking_duration": 120})
    noon = datetime(2026, 12, 4, 12, tzinfo=UTC)
    assert book(api, driver, station, noon, minutes)[1] == expected


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"])
def test_the_grid_is_that_of_the_sites_clock_whatever_its_offset(api: Api, driver: User, zone: str) -> None:
    station = make_station(time_zone=zone, terms={"timeslot_increment_minutes": 60})
    local_noon = datetime(2026, 12, 4, 12, tzinfo=ZoneInfo(zone))
    off = (422, [("start", "not_on_increment")])
    assert book(api, driver, station, local_noon) == (201, [])
    assert book(api, driver, station, local_noon + timedelta(minutes=15)) == off
    assert book(api, driver, station, local_noon + timedelta(seconds=1)) == off
