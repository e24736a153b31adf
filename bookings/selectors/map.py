"""Stations on a map: where they are and how many of their EVSEs are free, in two queries for any number."""

from __future__ import annotations

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from bookings.availability import energy_price_from
from bookings.places import StationFilter
from bookings.selectors.statuses import OCCUPYING, SHOWN, clock
from evbooking.core.money import Money
from stations.models import TariffVersion

_PINS: Final = f"""
WITH shown AS MATERIALIZED (
    SELECT s.id, s.revision, s.slug, s.name, s.latitude, s.longitude, f.current_id
    FROM stations_station s
    LEFT JOIN stations_tariff f ON f.id = s.tariff_id
    WHERE {{condition}} AND s.latitude BETWEEN %(south)s AND %(north)s AND {{longitude}}
    ORDER BY abs(s.latitude - %(middle)s), s.id LIMIT %(limit)s
), occupied AS MATERIALIZED (
    SELECT evse_id, bool_or(status = 'FULFILLED') AS charging, max(start) AS since
    FROM bookings_booking WHERE {OCCUPYING} GROUP BY evse_id
), counted AS (
    SELECT e.station_id, count(*) AS evses, count(*) FILTER (WHERE {SHOWN} = 'AVAILABLE') AS available
    FROM shown JOIN stations_evse e ON e.station_id = shown.id AND e.removed_at IS NULL
    LEFT JOIN occupied b ON b.evse_id = e.id
    GROUP BY e.station_id
)
SELECT shown.id::text, shown.revision, shown.slug, shown.name, shown.latitude, shown.longitude,
       shown.current_id, coalesce(evses, 0), coalesce(available, 0)
FROM shown LEFT JOIN counted ON counted.station_id = shown.id
"""


class Box(NamedTuple):
    """Degrees; west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


class Pin(NamedTuple):
    """A station on the map."""

    station_id: str
    revision: int
    slug: str
    name: str
    latitude: float
    longitude: float
    tariff_version_id: UUID | None
    evse_count: int
    available_count: int


def pins_in(box: Box, chosen: StationFilter, now: datetime, *, limit: int) -> list[Pin]:
    """The stations a filter chooses in a box, at most `limit`, those nearest its middle latitude."""
    longitude = (
        "s.longitude BETWEEN %(west)s AND %(east)s"
        if box.west <= box.east
        else "(s.longitude >= %(west)s OR s.longitude <= %(east)s)"
    )
    params: dict[str, Any] = {**chosen.params, **box._asdict(), **clock(now)}
    params |= {"limit": limit, "middle": (box.south + box.north) / 2}
    with connection.cursor() as cursor:
        cursor.execute(_PINS.format(condition=chosen.condition, longitude=longitude), params)
        return [Pin(*row) for row in cursor.fetchall()]


_prices: dict[UUID, Money | None] = {}  # versions never change, so what is known stays true


def prices_from(version_ids: set[UUID]) -> dict[UUID, Money | None]:
    """The least price of a kWh by tariff version; a query only for versions this process has not seen."""
    missing = version_ids - _prices.keys()
    if missing:
        for version in TariffVersion.objects.filter(pk__in=missing):
            _prices[version.pk] = energy_price_from(version)
    return {version_id: _prices[version_id] for version_id in version_ids}
