"""Which watches a station has, which stations a watch has, and what is free there; for many at once."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from bookings.availability import Offer, Unit, Window, Wish, offers_at, usable_units
from bookings.availability.free import Ask
from bookings.availability.slots import free_for
from bookings.places import Place, StationFilter, find_stations
from bookings.places.nearby import EARTH_KM
from bookings.selectors import shown_status
from evbooking.core.ocpi import Status
from notifications.models import Watch
from stations.local_time import instant_at
from stations.models import Station

NEAR_KM: Final = 50.0  # so far a station names an area
MOST_STATIONS: Final = 100  # of one area, the nearest
_KM_PER_DEGREE: Final = 111.195
_KM: Final = f"""{2 * EARTH_KM} * asin(least(1, sqrt(power(sind((s.latitude - w.latitude) / 2), 2)
    + cosd(w.latitude) * cosd(s.latitude) * power(sind((s.longitude - w.longitude) / 2), 2))))"""
_WITHIN: Final = f"""s.latitude BETWEEN w.latitude - w.radius_km / {_KM_PER_DEGREE} - 1e-6
    AND w.latitude + w.radius_km / {_KM_PER_DEGREE} + 1e-6 AND {_KM} <= w.radius_km"""
_LIVE: Final = "w.paused_at IS NULL AND w.expires_at > %(now)s"
_WATCHING: Final = f"""
SELECT w.id FROM notifications_watch w WHERE {_LIVE} AND w.station_id = ANY (%(stations)s)
UNION ALL
SELECT w.id FROM notifications_watch w WHERE {_LIVE} AND w.station_id IS NULL AND EXISTS (
    SELECT FROM stations_station s WHERE s.id = ANY (%(stations)s) AND {_WITHIN})
"""
_STATIONS: Final = f"""
SELECT w.id, s.id, s.revision, 0 FROM notifications_watch w JOIN stations_station s ON s.id = w.station_id
WHERE w.id = ANY (%(watches)s)
UNION ALL
SELECT w.id, near.id, near.revision, near.km FROM notifications_watch w CROSS JOIN LATERAL (
    SELECT s.id, s.revision, {_KM} AS km FROM stations_station s WHERE s.approval = 'APPROVED' AND {_WITHIN}
    ORDER BY km, s.id LIMIT %(most)s) near
WHERE w.id = ANY (%(watches)s) AND w.station_id IS NULL
ORDER BY 4
"""
_Slots = tuple[UUID, str, datetime, datetime, int]


class Found(NamedTuple):
    """What is free for a watch at the nearest station that has any: EVSEs now, or slots and the first of them."""

    offer: Offer
    number: int
    start: datetime | None


def watches_of(user: User) -> QuerySet[Watch]:
    """A person's watches, the newest first."""
    return Watch.objects.filter(user=user).select_related("station").order_by("-created_at", "id")


def name_near(latitude: float, longitude: float) -> str:
    """The nearest public station and its city, "Quay, Hamburg"; empty where none is within NEAR_KM."""
    place = Place(latitude, longitude, NEAR_KM)
    near = next(iter(find_stations(StationFilter(), place=place, limit=1)), None)
    if near is None:
        return ""
    name, city = Station.objects.values_list("name", "city").get(pk=near.station_id)
    return ", ".join(part for part in (name, city) if part)


def is_watched(station_id: UUID, now: datetime) -> bool:
    """Whether anybody watches the station, alone or in an area."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_WATCHING})", {"stations": [station_id], "now": now})
        return bool(cursor.fetchone()[0])


def watching(station_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """The ids of the live watches of any of these stations, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_WATCHING, {"stations": list(station_ids), "now": now})
        return sorted(id_ for (id_,) in cursor.fetchall())


def find_free(watches: Sequence[Watch], now: datetime) -> dict[UUID, Found]:
    """What is free for each of them, those without anything left out; four queries however many they are."""
    if not watches:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STATIONS, {"watches": [watch.pk for watch in watches], "most": MOST_STATIONS})
        rows = cursor.fetchall()
    offers = {offer.id: offer for offer in offers_at({row[1]: row[2] for row in rows}.items())}
    public = [(row[0], offers[row[1]]) for row in rows if row[1] in offers and offers[row[1]].is_public]
    by_id = {watch.pk: watch for watch in watches}
    pairs = [(by_id[watch_id], offer) for watch_id, offer in public]
    now_free = _evses_now([pair for pair in pairs if pair[0].earliest is None], now)
    return now_free | _slots([pair for pair in pairs if pair[0].earliest is not None], now)


def _evses_now(pairs: Sequence[tuple[Watch, Offer]], now: datetime) -> dict[UUID, Found]:
    """By the statuses that are shown; walk-ins count, because who watches the present drives there."""
    shown = shown_status({unit.id for _, offer in pairs for unit in offer.units}, now)
    counts: dict[tuple[UUID, str], int] = {}
    found: dict[UUID, Found] = {}
    for watch, offer in pairs:
        key = (offer.id, watch.connector)
        if key not in counts:
            free = (unit for unit in offer.units if _has(unit, watch.connector))
            counts[key] = sum(unit.id in shown and shown[unit.id].status == Status.AVAILABLE for unit in free)
        if counts[key]:
            found.setdefault(watch.pk, Found(offer, counts[key], None))
    return found


def _slots(pairs: Sequence[tuple[Watch, Offer]], now: datetime) -> dict[UUID, Found]:
    """By the free starts in the windows; equal wishes are asked once."""
    asks = {_key(watch, offer): _ask(watch, offer, now) for watch, offer in pairs}
    free = dict(zip(asks, free_for(list(asks.values()), now=now), strict=True))
    found: dict[UUID, Found] = {}
    for watch, offer in pairs:
        answer = free[_key(watch, offer)]
        starts = answer.starts[answer.mask.any(axis=0)]
        if starts.size:
            found.setdefault(watch.pk, Found(offer, int(starts.size), instant_at(int(starts[0]))))
    return found


def _key(watch: Watch, offer: Offer) -> _Slots:
    assert watch.earliest and watch.latest
    return offer.id, watch.connector, watch.earliest, watch.latest, watch.duration_minutes or 0


def _ask(watch: Watch, offer: Offer, now: datetime) -> Ask:
    _, connector, earliest, latest, minutes = _key(watch, offer)
    units = usable_units(offer, Wish(connector or None))
    if offer.terms is None or not units:
        return Ask(offer, (), 0, 0, 0)
    low, high = Window(max(earliest, now), latest).at(offer.zone, offer.terms, now)
    return Ask(offer, units, low, high, minutes * 60)


def _has(unit: Unit, connector: str) -> bool:
    return any(connector in {"", plug.standard} for plug in unit.plugs)


def slot_end(watch: Watch, start: datetime) -> datetime:
    """When a slot that begins then is over."""
    return start + timedelta(minutes=watch.duration_minutes or 0)
