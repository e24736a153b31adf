"""The installation's own demand, read from its bookings and charging sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, Q

from evbooking.core.ocpi import PowerType
from scheduler_rl.arrays import Floats
from scheduler_rl.worlds.city import DAY_SLOTS
from scheduler_rl.worlds.history import History
from stations.models import Station

USUAL_PRICE: Final = 0.45  # EUR/kWh, where nothing was sold yet
_BATCH: Final = 50_000
_EPOCH: Final = "DATE '0001-01-01' - 1"
_DEMAND: Final = f"""
SELECT d.station_id::text, (d.local::date - ({_EPOCH}))::int,
       extract(epoch FROM d.local - date_trunc('day', d.local))::float8 / 60,
       extract(epoch FROM d.stay)::float8 / 60, d.price::float8
FROM (
  SELECT b.station_id, timezone(s.time_zone, b.start) AS local, b."end" - b.start AS stay,
         CASE WHEN b.currency = 'EUR' AND b.energy_kwh > 0 THEN b.total_amount / b.energy_kwh END AS price
  FROM bookings_booking b JOIN stations_station s ON s.id = b.station_id
  WHERE b.reference IS NOT NULL AND b.status IN ('RESERVED', 'FULFILLED', 'COMPLETED', 'NO_SHOW')
    AND b.start >= %(low)s AND b.start < %(high)s
  UNION ALL
  SELECT c.station_id, timezone(s.time_zone, c.start), c."end" - c.start, NULL
  FROM charging_session c JOIN stations_station s ON s.id = c.station_id
  WHERE c.booking_reference IS NULL AND c.status = 'COMPLETED'
    AND c.start >= %(low)s AND c.start < %(high)s
) d
WHERE d.local::date BETWEEN %(first)s AND %(last)s AND d.stay > interval '0'
ORDER BY d.local, d.station_id, d.stay, d.price
"""  # noqa: S608


@transaction.atomic
def demand_history(first: date, last: date) -> History:
    """What approved stations were asked for in local days from `first` to `last`, both included.

    A booking counts whether its driver came or not, unless it was canceled, refused or never confirmed; charging
    without a booking counts, too. Visits by their time, so that the same ones are always fitted alike. Three queries;
    rows are read in batches.
    """
    stations = _stations()
    index = {str(one["id"]): position for position, one in enumerate(stations)}
    site, day, start, stay, price = _demand(index, first, last)
    return History(
        station=np.array(list(index) or [""], dtype="U36")[: len(index)],
        latitude=np.array([one["latitude"] for one in stations], dtype=np.float64),
        longitude=np.array([one["longitude"] for one in stations], dtype=np.float64),
        capacity=np.array([one["units"] for one in stations], dtype=np.int64),
        dc=np.array([2 * one["fast"] > one["units"] for one in stations], dtype=bool),
        site=site.astype(np.int64),
        day=day.astype(np.int64),
        start=start,
        stay=stay,
        price=_by_quarter(start, price),
        first_day=first.toordinal(),
        last_day=last.toordinal(),
    )


def _stations() -> Sequence[dict[str, Any]]:
    there = Q(evses__removed_at=None, evses__walk_in_only=False)
    fast = there & Q(evses__connectors__power_type=PowerType.DC)
    found = (
        Station.objects.filter(approval=Station.Approval.APPROVED)
        .annotate(
            units=Count("evses", filter=there, distinct=True), fast=Count("evses", filter=fast, distinct=True)
        )
        .filter(units__gt=0)
        .order_by("id")
        .values("id", "latitude", "longitude", "units", "fast")
    )
    return [dict(one) for one in found]


def _demand(index: dict[str, int], first: date, last: date) -> tuple[Floats, ...]:
    """Columns of _DEMAND, the station as its index; stations that are gone are left out."""
    a_day = timedelta(days=1)
    window = {"first": first, "last": last, "low": first - a_day, "high": last + 2 * a_day}
    parts = [np.zeros((0, 5))]
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DEMAND, window)
        while rows := cursor.fetchmany(_BATCH):
            known = [(index[row[0]], *row[1:]) for row in rows if row[0] in index]
            parts.append(np.array(known, dtype=np.float64).reshape(-1, 5))
    return tuple(np.concatenate(parts).T)


def _by_quarter(start: Floats, price: Floats) -> Floats:
    """Mean price by quarter hour of the day, hours alike; where nothing was sold the mean of all."""
    known = np.isfinite(price)
    hour = (start[known] // 60).astype(np.int64)
    count = np.bincount(hour, minlength=24)
    total = np.bincount(hour, price[known], minlength=24)
    usual = float(price[known].mean()) if known.any() else USUAL_PRICE
    hourly = np.where(count > 0, total / np.maximum(count, 1), usual)
    return np.repeat(hourly, DAY_SLOTS // 24)
