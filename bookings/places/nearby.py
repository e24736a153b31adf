"""The nearest stations, by a box on the index station_place and the haversine formula in SQL.

Without a radius the circle doubles until it holds enough, inside the one query. Measured against PostGIS and
earthdistance in docs/architecture.md.
"""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from bookings.places.filters import StationFilter

EARTH_KM: Final = 6371.0088  # mean radius, IUGG
_KM_PER_DEGREE: Final = 111.1950
_FIRST_KM: Final = 2.0
_HALF_ROUND_KM: Final = 20_016.0
_REMEMBERED: Final = 10_000

_KM: Final = f"""{2 * EARTH_KM} * asin(least(1, sqrt(
    power(sind((s.latitude - %(lat)s) / 2), 2)
    + cosd(%(lat)s) * cosd(s.latitude) * power(sind((s.longitude - %(lon)s) / 2), 2))))"""

_WITHIN: Final = f"""
    s.latitude BETWEEN %(lat)s - {{km}} / {_KM_PER_DEGREE} - 1e-6 AND %(lat)s + {{km}} / {_KM_PER_DEGREE} + 1e-6
    AND {_KM} <= {{km}}"""


class Nearby(NamedTuple):
    """A station at its revision, and how far away it is in km; None where no place was given."""

    station_id: UUID
    revision: int
    distance_km: float | None


class Place(NamedTuple):
    """Where the driver is: degrees, and how far to look, None for as far as it takes."""

    latitude: float
    longitude: float
    radius_km: float | None = None


def find_stations(
    chosen: StationFilter, *, place: Place | None, offset: int = 0, limit: int
) -> Sequence[Nearby]:
    """The stations a filter chooses, in one query: nearest first, or by name where no place is given."""
    params: dict[str, Any] = {**chosen.params, "offset": offset, "limit": limit}
    if place is None:
        return _run(
            f"SELECT s.id, s.revision, NULL FROM stations_station s WHERE {chosen.condition} "
            "ORDER BY s.name, s.id OFFSET %(offset)s LIMIT %(limit)s",
            params,
        )
    params |= {"lat": place.latitude, "lon": place.longitude, "enough": offset + limit}
    radius = _HALF_ROUND_KM if place.radius_km is None and chosen.finds_few else place.radius_km
    if radius is not None:
        return _run(_nearest(chosen, "%(radius)s::float8"), params | {"radius": radius})
    return _nearest_anywhere(chosen, place, params)


_radii: dict[
    tuple[object, ...], float
] = {}  # by place and filter, in which circle there was enough last time


def _nearest_anywhere(chosen: StationFilter, place: Place, params: dict[str, Any]) -> list[Nearby]:
    """Without a radius: the circle that was right nearby is tried first, because planning the growing one costs
    more than running it. A circle that holds enough stations holds the nearest, whatever it was guessed from."""
    key = (round(place.latitude, 1), round(place.longitude, 1), params["enough"], chosen.condition)
    guess = _radii.get(key)
    if guess is not None:
        found = _run(_nearest(chosen, "%(radius)s::float8"), params | {"radius": guess})
        if len(found) == params["limit"]:
            return found
    found = _run(_growing(chosen) + _nearest(chosen, "(SELECT max(km) FROM ring)"), params)
    if len(found) == params["limit"] and found[-1].distance_km is not None:
        if len(_radii) >= _REMEMBERED:
            _radii.clear()
        _radii[key] = found[-1].distance_km * 1.5 + 1
    return found


def _growing(chosen: StationFilter) -> str:
    within = _WITHIN.format(km="grown.km")
    count = f"""(SELECT count(*) FROM (
        SELECT FROM stations_station s WHERE {chosen.condition} AND {within} LIMIT %(enough)s) AS inside)"""
    return f"""
WITH RECURSIVE ring(km, found) AS (
    SELECT grown.km, {count} FROM (SELECT {_FIRST_KM}::float8 AS km) AS grown
    UNION ALL
    SELECT grown.km, {count}
    FROM (SELECT km * 2 AS km FROM ring WHERE found < %(enough)s AND km < {_HALF_ROUND_KM}) AS grown
)"""


def _nearest(chosen: StationFilter, km: str) -> str:
    return f"""
SELECT s.id, s.revision, {_KM} AS distance_km FROM (SELECT {km} AS km) AS circle, stations_station s
WHERE {chosen.condition} AND {_WITHIN.format(km="circle.km")}
ORDER BY distance_km, s.id OFFSET %(offset)s LIMIT %(limit)s"""


def _run(sql: str, params: dict[str, Any]) -> list[Nearby]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Nearby(*row) for row in cursor.fetchall()]
