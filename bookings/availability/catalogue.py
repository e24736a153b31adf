"""Offers by id, kept per process and loaded again when the station's revision has risen.

The caller brings each station's present revision (it reads it with the stations anyway), so what is returned
is never older than that. One SQL statement loads all that are missing, whatever their number.
"""

# ruff: noqa: S608 - the text is only put together from the names of our own fields
from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from bookings.availability.calendar import calendar_of
from bookings.availability.offer import ClosedSpan, Offer, Plug, Unit
from bookings.terms import AcceptedTerms
from stations.models import TariffVersion

_KEPT: Final = 20_000
_offers: dict[UUID, Offer] = {}

_TERMS: Final = [field.name for field in fields(AcceptedTerms)]
_LOAD: Final = f"""
SELECT s.id, s.revision, s.slug, s.name, s.operator_id, o.name, s.address, s.city, s.postal_code, s.country,
       s.latitude, s.longitude, s.time_zone, s.opening_times, s.facilities,
       s.approval = 'APPROVED' AND o.status = 'ACTIVE', s.last_updated,
       v.id, v.document,
       (SELECT json_agg(json_build_array(e.id, e.uid, e.evse_id, e.physical_reference, e.floor_level,
                        e.walk_in_only, e.inhibits,
                        EXISTS (SELECT FROM stations_evse_parking_places ep
                                JOIN stations_parkingplace p ON p.id = ep.parkingplace_id
                                WHERE ep.evse_id = e.id AND 'DISABLED' = ANY (p.vehicle_types)),
                        (SELECT json_agg(json_build_array(c.connector_id, c.standard, c.format, c.power_type,
                                         c.max_electric_power) ORDER BY c.connector_id)
                         FROM stations_connector c WHERE c.evse_id = e.id))
                ORDER BY e.physical_reference, e.uid)
        FROM stations_evse e WHERE e.station_id = s.id AND e.removed_at IS NULL),
       (SELECT json_agg(json_build_array(c.evse_id, floor(date_part('epoch', c."start")),
                                         ceil(date_part('epoch', c."end"))))
        FROM stations_closure c
        WHERE c.station_id = s.id AND c.canceled_at IS NULL),
       {", ".join(f"t.{name}" for name in _TERMS)}
FROM stations_station s
JOIN accounts_operator o ON o.id = s.operator_id
LEFT JOIN stations_bookingterms t ON t.station_id = s.id
LEFT JOIN stations_tariff f ON f.id = s.tariff_id
LEFT JOIN stations_tariffversion v ON v.id = f.current_id
WHERE s.id = ANY (%s)
"""
_COMMON: Final = frozenset({4, 5, 7, 8, 9})  # the operator, and where many stations are


def offers_at(revisions: Iterable[tuple[UUID, int]]) -> list[Offer]:
    """The offers of (station id, revision at least) pairs, in that order, without stations that have gone."""
    wanted = list(revisions)
    missing = [
        station_id
        for station_id, revision in wanted
        if (kept := _offers.get(station_id)) is None or kept.revision < revision
    ]
    if missing:
        _load(missing)
    return [offer for station_id, _ in wanted if (offer := _offers.get(station_id)) is not None]


def offer_now(station_id: UUID) -> Offer | None:
    """The offer of one station as it is now, None where there is none; one query, two after a change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, revision FROM stations_station WHERE id = %s", [station_id])
        found = cursor.fetchall()
    return next(iter(offers_at(found)), None)


def _load(station_ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [station_ids])
        rows = cursor.fetchall()
    if len(_offers) + len(rows) > _KEPT:
        _offers.clear()
    for gone in set(station_ids) - {row[0] for row in rows}:
        _offers.pop(gone, None)
    _offers.update((row[0], _offer(row)) for row in rows)


def _offer(row: tuple[Any, ...]) -> Offer:
    zone = ZoneInfo(row[12])
    calendar = calendar_of(row[13], zone)
    parts: tuple[Any, ...] = (
        zone,
        calendar,
        tuple(row[14]),
        row[15],
        row[16],
        None if row[21] is None else _terms(*row[21:]),
        None if row[17] is None else _tariff(row[17], row[18]),
        tuple(_unit(values) for values in row[19] or ()),
        tuple(_closure(*values) for values in row[20] or ()),
    )
    names = (_once(value) if number in _COMMON else value for number, value in enumerate(row[:12]))
    return Offer(*names, *parts)


def _unit(values: list[Any]) -> Unit:
    id_, uid, evse_id, reference, floor, walk_in_only, inhibits, disabled_bay, plugs = values
    return Unit(
        UUID(id_),
        uid,
        evse_id,
        sys.intern(reference),  # "1", "2" and the like, once for all stations
        sys.intern(floor),
        walk_in_only,
        tuple(inhibits),
        disabled_bay,
        tuple(_plug(*plug) for plug in plugs or ()),
    )


# what many stations have in common is kept once
@lru_cache(maxsize=16384)
def _once(value: Any) -> Any:
    return value


@lru_cache(maxsize=4096)
def _tariff(version_id: UUID, document: str) -> TariffVersion:
    return TariffVersion(id=version_id, document=json.loads(document))


@lru_cache(maxsize=4096)
def _terms(*values: Any) -> AcceptedTerms:
    return AcceptedTerms(*values)


@lru_cache(maxsize=4096)
def _plug(connector_id: str, standard: str, form: str, power_type: str, watts: int) -> Plug:
    return Plug(connector_id, standard, form, power_type, Decimal(watts) / 1000)


def _closure(unit_id: str | None, begin: int, end: int) -> ClosedSpan:
    return ClosedSpan(None if unit_id is None else UUID(unit_id), int(begin), int(end))
