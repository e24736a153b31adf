"""What to offer instead of a slot that is taken: the nearest in time, then in place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
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
    wish = Wish(connector, vehicle)
    [found] = alternatives_to_each(
        station, starts=[start], lasting=end - start, wish=wish, now=now, count=count
    )
    return found


def alternatives_to_each(
    station: Station,
    *,
    starts: Sequence[datetime],
    lasting: timedelta,
    wish: Wish,
    now: datetime,
    count: int = 3,
) -> list[list[dict[str, Any]]]:
    """The alternatives to each of these slots, in that order: as many queries as for one, whatever their number."""
    if not starts:
        return []
    near = find_stations(
        StationFilter(), place=Place(station.latitude, station.longitude, _RADIUS_KM), limit=_STATIONS
    )
    distance = {found.station_id: found.distance_km or 0.0 for found in near}
    found = free_slots(
        offers_at((one.station_id, one.revision) for one in near),
        window=Window(min(starts) - _AROUND, max(starts) + _AROUND),
        wish=wish,
        now=now,
        duration=lasting,
    )
    sites = [
        _Site(free, free.starts, fittings_of(free.offer, wish), distance[free.offer.id]) for free in found
    ]
    return [_best(sites, start, count) for start in starts]


class _Site(NamedTuple):
    """The free starts of one station, epoch seconds in order, and its fittings in the order of use."""

    free: FreeSlots
    starts: Sequence[int]
    fittings: Sequence[Fitting]
    distance_km: float


def _best(sites: Sequence[_Site], start: datetime, count: int) -> list[dict[str, Any]]:
    options = [one for site in sites for one in _nearest(site, start, count)]
    return [one.as_json() for one in sorted(options, key=lambda one: one[:2])[:count]]


def _nearest(site: _Site, wanted: datetime, count: int) -> Iterator[Alternative]:
    """The starts of one station nearest in time, each with the unit a booking would take."""
    wanted_s, reach = epoch_seconds(wanted), int(_AROUND.total_seconds())
    low, high = bisect_left(site.starts, wanted_s - reach), bisect_left(site.starts, wanted_s + reach)
    for start in sorted(site.starts[low:high], key=lambda start: abs(start - wanted_s))[:count]:
        fitting = site.fittings[site.free.first_unit(start)]
        yield Alternative(abs(start - wanted_s), site.distance_km, site.free, fitting, instant_at(start))
