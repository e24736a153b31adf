"""Candidates from what is free: two SQL queries for any number of stations, three after a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import Final
from uuid import UUID

import numpy as np

from accounts.models import Vehicle
from bookings.availability import Fitting, Offer, Window, Wish, fittings_of, offers_at, slot_price
from bookings.availability.free import Ask, Free
from bookings.availability.slots import free_for
from bookings.energy import energy_for
from bookings.places import Place, StationFilter, find_stations
from bookings.ports import Floats, SlotsAsked
from bookings.ranking.candidates import Candidate, Choice, RankingRequest, Site
from bookings.ranking.chances import chances_of
from stations.local_time import instant_at

EVERYWHERE: Final = StationFilter()
_STATIONS: Final = 30
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

    @property
    def evse_ids(self) -> tuple[UUID, ...]:
        return tuple(fitting.unit.id for fitting in self.fittings)

    @property
    def site(self) -> Site:
        offer, first = self.offer, self.fittings[0]
        return Site(
            station_id=offer.id,
            latitude=offer.latitude,
            longitude=offer.longitude,
            zone=offer.zone,
            is_dc=first.plug.is_dc,
            power_kw=first.power_kw,
            evse_ids=self.evse_ids,
        )


def build_choice(
    request: RankingRequest,
    *,
    connector: str | None,
    vehicle: Vehicle | None,
    now: datetime,
    among: StationFilter = EVERYWHERE,
    radius_km: float | None = None,
) -> Choice:
    """Bookable slots of the 30 nearest stations for the energy asked; prices all in one currency.

    `among` and `radius_km` narrow the stations, and a least power in `among` the plugs.

    At most 24 starts of each connector class of a station: the first ones, then evenly spaced ones.
    """
    place = Place(request.latitude, request.longitude, radius_km)
    near = find_stations(among, place=place, limit=_STATIONS)
    distance = {one.station_id: one.distance_km or 0.0 for one in near}
    wish = Wish(connector, vehicle, among.min_power_kw)
    classes = [
        one
        for offer in offers_at((found.station_id, found.revision) for found in near)
        for one in _classes(offer, distance[offer.id], wish, request, now)
    ]
    free = [_thinned(one) for one in free_for([one.ask for one in classes], now=now)]
    chances = chances_of(
        [SlotsAsked(one.evse_ids, its.starts, its.mask) for one, its in zip(classes, free, strict=True)], now
    )
    candidates = [
        candidate
        for one, its, chance in zip(classes, free, chances, strict=True)
        for candidate in _candidates(one, its, chance, request)
    ]
    return Choice(
        [one for one in candidates if one.price.currency == candidates[0].price.currency],
        [one.site for one in classes],
    )


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


def _candidates(
    one: _Class, free: Free, chances: Floats | None, request: RankingRequest
) -> Iterator[Candidate]:
    """A candidate for each start."""
    power_kw = one.fittings[0].power_kw
    energy = min(request.energy_kwh, energy_for(power_kw, one.duration, None))
    for position, column in enumerate(free.mask.T.tolist()):
        fitting, start = one.fittings[column.index(True)], instant_at(int(free.starts[position]))
        end = start + one.duration
        yield Candidate(
            station_id=one.offer.id,
            station_slug=one.offer.slug,
            station_name=one.offer.name,
            zone=one.offer.zone,
            evse_uid=fitting.unit.uid,
            is_dc=fitting.plug.is_dc,
            power_kw=power_kw,
            start=start,
            end=end,
            energy_kwh=energy,
            price=slot_price(one.offer, fitting, start, end, energy_kwh=energy),
            distance_km=one.distance_km,
            free_units=sum(column),
            class_units=len(one.fittings),
            chance=None if chances is None else float(chances[position]),
        )


def _thinned(free: Free) -> Free:
    """The starts at which somebody is free: the first ones, then evenly spaced ones up to the last."""
    kept = _spread(np.flatnonzero(free.mask.any(axis=0)).tolist())
    return Free(free.starts[kept], free.mask[:, kept])


def _spread(positions: Sequence[int]) -> list[int]:
    first, rest = positions[:_NEAREST_STARTS], positions[_NEAREST_STARTS:]
    room = _STARTS - len(first)
    if len(rest) > room:
        rest = [rest[(i + 1) * len(rest) // room - 1] for i in range(room)]
    return [*first, *rest]
