"""What to offer instead of a slot that is taken: the nearest in time, then in place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from accounts.models import Vehicle
from bookings.availability.catalogue import offers_at
from bookings.availability.prices import slot_price
from bookings.availability.slots import FreeSlots, free_slots
from bookings.availability.window import Window
from bookings.availability.wishes import Fitting, Wish, fittings_of
from bookings.places import Place, StationFilter, find_stations
from evbooking.core.api.json import instant
from stations.local_time import epoch_seconds, instant_at
from stations.models import Station

_RADIUS_KM: Final = 10.0
_STATIONS: Final = 12
_AROUND: Final = timedelta(hours=12)


class Alternative(NamedTuple):
    """A free slot near the one asked for: seconds apart, km apart, and what it is."""

    seconds: int
    distance_km: float
    free: FreeSlots
    fitting: Fitting
    start: datetime

    def as_json(self) -> dict[str, Any]:
        """The object of api.md: {station, evse_uid, start, end, quote}, with the station's name and slug."""
        offer, end = self.free.offer, self.start + self.free.duration
        return {
            "station": str(offer.id),
            "station_slug": offer.slug,
            "station_name": offer.name,
            "evse_uid": self.fitting.unit.uid,
            "start": instant(self.start),
            "end": instant(end),
            "quote": slot_price(offer, self.fitting, self.start, end).as_json(),
        }


def alternatives(
    station: Station,
    *,
    start: datetime,
    end: datetime,
    connector: str | None,
    now: datetime,
    vehicle: Vehicle | None = None,
    count: int = 3,
) -> list[dict[str, Any]]:
    """Free slots as long as [start, end), at this station or within 10 km, nearest in time, then in place."""
    near = find_stations(
        StationFilter(), place=Place(station.latitude, station.longitude, _RADIUS_KM), limit=_STATIONS
    )
    distance = {found.station_id: found.distance_km or 0.0 for found in near}
    wish = Wish(connector, vehicle)
    found = free_slots(
        offers_at((one.station_id, one.revision) for one in near),
        window=Window(start - _AROUND, start + _AROUND),
        wish=wish,
        now=now,
        duration=end - start,
    )
    options = [one for free in found for one in _nearest(free, distance[free.offer.id], start, wish, count)]
    return [one.as_json() for one in sorted(options, key=lambda one: one[:2])[:count]]


def _nearest(
    free: FreeSlots, distance_km: float, wanted: datetime, wish: Wish, count: int
) -> Iterator[Alternative]:
    """The starts of one station nearest in time, each with the unit a booking would take."""
    wanted_s = epoch_seconds(wanted)
    fittings = fittings_of(free.offer, wish) if free.starts else []
    for start in sorted(free.starts, key=lambda start: abs(start - wanted_s))[:count]:
        fitting = fittings[free.first_unit(start)]
        yield Alternative(abs(start - wanted_s), distance_km, free, fitting, instant_at(start))
