"""The search for stations: facts in SQL, free time on top, statuses of what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.availability import Offer, Window, Wish, free_slots, offers_at
from bookings.places import Nearby, Place, StationFilter, find_stations
from bookings.selectors.statuses import ShownStatus, shown_status, station_status
from evbooking.core.ocpi import Status

_CHUNK = 200
_CANDIDATES = 1_000  # a bound for days on which hardly anything is free, or that lie beyond every horizon


@dataclass(frozen=True, slots=True)
class FoundStation:
    """A station that was searched for, with the statuses of its EVSEs in the offer's order."""

    offer: Offer
    distance_km: float | None
    statuses: tuple[ShownStatus, ...]

    @property
    def available_count(self) -> int:
        return sum(shown.status == Status.AVAILABLE for shown in self.statuses)

    @property
    def status(self) -> Status:
        return station_status((shown.status for shown in self.statuses), is_public=self.offer.is_public)


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A station must have a free start in the window, for the wish and the duration (None: its usual one)."""

    window: Window
    wish: Wish
    duration: timedelta | None


def search_stations(
    chosen: StationFilter,
    *,
    place: Place | None,
    now: datetime,
    free_time: FreeTime | None = None,
    offset: int = 0,
    limit: int,
) -> list[FoundStation]:
    """Stations, nearest first or by name: three queries, or five for each 200 candidates with `free_time`.

    With `free_time` only the first 1,000 stations that fit the filter are looked at.
    """
    if free_time is None:
        near = find_stations(chosen, place=place, offset=offset, limit=limit)
        return describe(near, now)
    found: list[Nearby] = []
    for one in _with_free_time(chosen, place, free_time, now):
        found.append(one)
        if len(found) == offset + limit:
            break
    return describe(found[offset:], now)


def describe(near: Sequence[Nearby], now: datetime) -> list[FoundStation]:
    """The stations with what they offer and the statuses they show, in two queries."""
    offers = offers_at((one.station_id, one.revision) for one in near)
    statuses = shown_status([unit.id for offer in offers for unit in offer.units], now)
    distances = {one.station_id: one.distance_km for one in near}
    return [
        FoundStation(
            offer,
            distances[offer.id],
            tuple(statuses[unit.id] for unit in offer.units if unit.id in statuses),
        )
        for offer in offers
    ]


def _with_free_time(
    chosen: StationFilter, place: Place | None, free_time: FreeTime, now: datetime
) -> Iterator[Nearby]:
    for offset in range(0, _CANDIDATES, _CHUNK):
        near = find_stations(chosen, place=place, offset=offset, limit=_CHUNK)
        by_id = {one.station_id: one for one in near}
        slots = free_slots(
            offers_at((one.station_id, one.revision) for one in near),
            window=free_time.window,
            wish=free_time.wish,
            now=now,
            duration=free_time.duration,
        )
        yield from (by_id[free.offer.id] for free in slots if free.starts)
        if len(near) < _CHUNK:
            return
