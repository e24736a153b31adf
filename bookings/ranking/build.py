"""Candidates from what is free: two SQL queries for any number of stations, three after a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import Final

from accounts.models import Vehicle
from bookings.availability import Fitting, Offer, Window, Wish, fittings_of, offers_at, slot_price
from bookings.availability.free import Ask, Free
from bookings.availability.slots import free_for
from bookings.energy import energy_for
from bookings.places import Place, StationFilter, find_stations
from bookings.ports import forecaster
from bookings.ranking.candidates import Candidate, RankingRequest
from stations.local_time import instant_at

_STATIONS: Final = 20  # as many as in the world of docs/rl.md
_NEAREST_STARTS: Final = 8
_STARTS: Final = 24


@dataclass(frozen=True, slots=True)
class _Class:
    """The units of one station that give the same power of the same kind, and the slot that power needs."""

    offer: Offer
    distance_km: float
    fittings: tuple[Fitting, ...]
    duration: timedelta
    ask: Ask


def build_candidates(
    request: RankingRequest, *, connector: str | None, vehicle: Vehicle | None, now: datetime
) -> list[Candidate]:
    """Bookable slots of the 20 nearest stations for the energy asked; prices all in one currency.

    At most 24 starts of each connector class of a station: the first ones, then evenly spaced ones.
    """
    near = find_stations(StationFilter(), place=Place(request.latitude, request.longitude), limit=_STATIONS)
    distance = {one.station_id: one.distance_km or 0.0 for one in near}
    wish = Wish(connector, vehicle)
    classes = [
        one
        for offer in offers_at((found.station_id, found.revision) for found in near)
        for one in _classes(offer, distance[offer.id], wish, request, now)
    ]
    found = free_for([one.ask for one in classes], now=now)
    candidates = [
        candidate
        for one, free in zip(classes, found, strict=True)
        for candidate in _candidates(one, free, request, now)
    ]
    return [one for one in candidates if one.price.currency == candidates[0].price.currency]


def shortlist(candidates: Sequence[Candidate], costs: Sequence[float], *, most: int) -> list[Candidate]:
    """At most `most` candidates: the best of each connector class of each station first, then the next best."""
    order = sorted(
        range(len(candidates)), key=lambda i: (costs[i], candidates[i].start, candidates[i].evse_uid)
    )
    seen: set[tuple[object, ...]] = set()
    first: list[int] = []
    rest: list[int] = []
    for i in order:
        one = candidates[i]
        kind = (one.station_id, one.is_dc, one.power_kw)
        (rest if kind in seen else first).append(i)
        seen.add(kind)
    chosen = set((first + rest)[:most])
    return [candidates[i] for i in order if i in chosen]


def _classes(
    offer: Offer, distance_km: float, wish: Wish, request: RankingRequest, now: datetime
) -> Iterator[_Class]:
    if offer.terms is None:
        return
    low, high = Window(request.earliest, request.latest).at(offer.zone, offer.terms, now)
    for power_kw, group in groupby(sorted(fittings_of(offer, wish), key=_kind), key=_kind):
        fittings = tuple(group)
        duration = _duration(offer, request.energy_kwh, power_kw[1])
        units = tuple(fitting.unit for fitting in fittings)
        ask = Ask(offer, units, low, high, int(duration.total_seconds()))
        yield _Class(offer, distance_km, fittings, duration, ask)


def _kind(fitting: Fitting) -> tuple[bool, Decimal]:
    return fitting.plug.is_dc, fitting.power_kw


def _duration(offer: Offer, energy_kwh: Decimal, power_kw: Decimal) -> timedelta:
    """The time in which the energy flows, up to a whole increment, as near as the terms allow."""
    assert offer.terms
    increment = offer.terms.timeslot_increment_minutes
    steps = ceil(energy_kwh / power_kw * 60 / increment)
    least = ceil(offer.terms.min_booking_duration / increment)
    most = offer.terms.max_booking_duration // increment
    return timedelta(minutes=increment * max(least, min(steps, most)))


def _candidates(one: _Class, free: Free, request: RankingRequest, now: datetime) -> Iterator[Candidate]:
    columns = free.mask.T.tolist()
    chances = forecaster().chances(one.offer.id, free.starts, now)
    bookable = [position for position, column in enumerate(columns) if any(column)]
    for position in _spread(bookable):
        row = columns[position].index(True)
        fitting, start = one.fittings[row], instant_at(int(free.starts[position]))
        end = start + one.duration
        energy = min(request.energy_kwh, energy_for(fitting.power_kw, one.duration, None))
        yield Candidate(
            station_id=one.offer.id,
            station_slug=one.offer.slug,
            station_name=one.offer.name,
            evse_uid=fitting.unit.uid,
            is_dc=fitting.plug.is_dc,
            power_kw=fitting.power_kw,
            start=start,
            end=end,
            energy_kwh=energy,
            price=slot_price(one.offer, fitting, start, end, energy_kwh=energy),
            distance_km=one.distance_km,
            free_units=sum(columns[position]),
            class_units=len(one.fittings),
            chance=None if chances is None else chances[position],
        )


def _spread(positions: Sequence[int]) -> list[int]:
    """The first starts, then evenly spaced ones up to the last."""
    first, rest = positions[:_NEAREST_STARTS], positions[_NEAREST_STARTS:]
    room = _STARTS - len(first)
    if len(rest) > room:
        rest = [rest[(i + 1) * len(rest) // room - 1] for i in range(room)]
    return [*first, *rest]
