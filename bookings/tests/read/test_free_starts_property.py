"""The search for free starts against a reference that asks the rules and the bookings start by start."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from bookings.availability import Offer, Unit, Window, Wish, free_slots, offer_now
from bookings.models import BLOCKING, Booking
from bookings.rules import check_slot
from evbooking.core.ocpi import ReservationStatus
from stations.grid import local_midnight, starts_between
from stations.models import EVSE, Closure, Station
from tests import factories

SITES = [
    ("Europe/Berlin", date(2026, 3, 28)),  # the day after has 23 hours
    ("Europe/Berlin", date(2026, 10, 24)),  # 25 hours
    ("America/New_York", date(2026, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),  # clocks move by half an hour
]
OPENINGS: list[dict[str, Any]] = [
    {"twentyfourseven": True},
    {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": day, "period_begin": "17:30", "period_end": "02:15"} for day in range(1, 8)
        ],
    },
    {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": day, "period_begin": "06:00", "period_end": "22:00"} for day in range(1, 8)
        ],
        "exceptional_closings": [
            {"period_begin": "2026-03-29T10:00:00Z", "period_end": "2026-03-29T12:07:00Z"},
            {"period_begin": "2026-10-25T10:00:00Z", "period_end": "2026-10-25T12:07:00Z"},
        ],
    },
]


@pytest.mark.parametrize("seed", range(24))
def test_every_free_start_and_no_other_is_found(driver: User, seed: int) -> None:
    dice = random.Random(seed)
    zone_name, day = SITES[seed % len(SITES)]
    opening = OPENINGS[seed // len(SITES) % len(OPENINGS)]
    station = _random_station(dice, zone_name, opening)
    begin, end = (local_midnight(ZoneInfo(zone_name), day + timedelta(days=n)) for n in (0, 2))
    now = begin + timedelta(seconds=dice.randrange(-7200, 36_000), microseconds=dice.choice([0, 1]))
    _fill(dice, station, driver, begin, end, now)

    offer = offer_now(station.pk)
    assert offer and offer.terms
    minutes = offer.terms.timeslot_increment_minutes * dice.randint(1, 12)
    duration = timedelta(minutes=minutes)
    found = free_slots([offer], window=Window(begin, end), wish=Wish(), now=now, duration=duration)[0]

    taken = _taken(station, now)
    expected = {
        (unit.uid, start)
        for unit in offer.units
        for start in _grid(offer, begin, end)
        if _reference(offer, unit, start, start + duration, now, taken[unit.id])
    }
    shown = {
        (unit.uid, datetime.fromtimestamp(start, UTC))
        for unit, row in zip(found.units, found.free.mask.tolist(), strict=True)
        for start, is_free in zip(found.free.starts.tolist(), row, strict=True)
        if is_free
    }
    assert shown == expected


def test_the_reference_sees_free_and_taken_starts_of_dense_days(driver: User) -> None:
    """Guards the property above against passing on empty sets."""
    dice = random.Random(3)
    station = _random_station(dice, "Europe/Berlin", OPENINGS[0])
    begin = datetime(2026, 3, 28, tzinfo=UTC)
    _fill(dice, station, driver, begin, begin + timedelta(days=2), begin)
    offer = offer_now(station.pk)
    assert offer
    window = Window(begin, begin + timedelta(days=1))
    found = free_slots([offer], window=window, wish=Wish(), now=begin, duration=timedelta(hours=1))[0]
    assert 0 < found.free.mask.sum() < found.free.mask.size


def _random_station(dice: random.Random, zone: str, opening: dict[str, Any]) -> Station:
    increment = dice.choice([5, 10, 15, 20, 30, 60])
    terms = {
        "timeslot_increment_minutes": increment,
        "min_booking_duration": increment,
        "max_booking_duration": increment * dice.randint(4, 12),
        "booking_horizon_minutes": dice.choice([700, 43_200]),
        "buffer_minutes": dice.choice([0, 5, 17, 60]),
    }
    station = factories.make_station(evses=3, terms=terms, time_zone=zone, opening_times=opening)
    factories.make_evse(station, walk_in_only=True)
    factories.make_evse(station, inhibits=[EVSE.Inhibit.FAULT])
    return station


def _fill(
    dice: random.Random, station: Station, driver: User, begin: datetime, end: datetime, now: datetime
) -> None:
    """Dense bookings in every state with odd buffers, expired holds, and closures of the site and of an EVSE."""
    evses = list(station.evses.all())
    for evse in evses:
        at = begin - timedelta(hours=2)
        while at < end:
            at += timedelta(minutes=5 * dice.randint(0, 24))
            lasting = timedelta(minutes=5 * dice.randint(1, 30))
            status = dice.choice([*BLOCKING, ReservationStatus.CANCELED, ReservationStatus.COMPLETED])
            until = at + lasting + timedelta(minutes=dice.choice([0, 0, 15]))
            expires = now + timedelta(minutes=dice.choice([-5, 0, 5]))
            held = {"hold_expires_at": expires} if status == ReservationStatus.HELD else {}
            minutes = lasting // timedelta(minutes=1)
            factories.make_booking(
                evse, driver, start=at, minutes=minutes, status=status, blocked_until=until, now=now, **held
            )
            at = until
    for closed in (None, evses[0]):
        at = begin + timedelta(minutes=dice.randint(0, 2000))
        until = at + timedelta(minutes=dice.randint(1, 200))
        Closure.objects.create(station=station, evse=closed, start=at, end=until, reason="works")


def _grid(offer: Offer, begin: datetime, end: datetime) -> list[datetime]:
    assert offer.terms
    return starts_between(offer.zone, offer.terms.timeslot_increment_minutes, begin, end)


def _taken(station: Station, now: datetime) -> dict[UUID, list[Booking]]:
    """What keeps a slot from being booked: blocking states, but no hold that has run out."""
    expired = {"status": ReservationStatus.HELD, "hold_expires_at__lte": now}
    return {
        evse.pk: list(Booking.objects.filter(evse=evse, status__in=BLOCKING).exclude(**expired))
        for evse in station.evses.all()
    }


def _reference(
    offer: Offer, unit: Unit, start: datetime, end: datetime, now: datetime, taken: list[Booking]
) -> bool:
    assert offer.terms
    until = offer.terms.blocked_until(end)
    overlaps = any(booking.start < until and booking.blocked_until > start for booking in taken)
    return not overlaps and not check_slot(offer, offer.terms, unit, start, end, now)
