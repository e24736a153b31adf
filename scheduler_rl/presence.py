"""Who is at the connectors, or is to come: as booked, and by the chargers' own word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection

from bookings.holds import STANDS
from bookings.selectors.statuses import FRESH_FOR
from scheduler_rl.forecasting.promise import Stays

_VISITS: Final = 2_000  # the newest, from which is learned how many outlast their slot
_MINUTE: Final = timedelta(minutes=1)

# who is there or is to come; a car that nobody booked for is known by its charger's word
_STAYS: Final = f"""
WITH unit AS (SELECT id, position - 1 AS place FROM unnest(%(units)s::uuid[]) WITH ORDINALITY AS u(id, position))
SELECT unit.place, date_part('epoch', b.start), date_part('epoch', b."end"), b.status = 'FULFILLED'
FROM unit JOIN bookings_booking b ON b.evse_id = unit.id
WHERE b.status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED') AND b.start < %(high)s
  AND (b.status = 'FULFILLED' OR b."end" > %(now)s) AND {STANDS}
UNION ALL
SELECT unit.place, date_part('epoch', coalesce(e.status_since, e.reported_at)), NULL, true
FROM unit JOIN stations_evse e ON e.id = unit.id
WHERE e.reported_status = 'CHARGING' AND e.reported_at > %(fresh_since)s AND NOT EXISTS (
    SELECT FROM bookings_booking b WHERE b.evse_id = e.id AND b.status = 'FULFILLED')
ORDER BY 1, 2
"""  # noqa: S608 - every value is a parameter
_OUTLASTED: Final = """
SELECT count(*) FILTER (WHERE stopped_at IS NULL), count(*) FROM (
    SELECT stopped_at FROM bookings_booking WHERE status = 'COMPLETED' AND start < %s ORDER BY start DESC LIMIT %s
) newest
"""
_NOW_AT: Final = """
SELECT id, reported_status IN ('CHARGING', 'BLOCKED', 'RESERVED'), status_since
FROM stations_evse WHERE id = ANY (%(ids)s) AND reported_status <> '' AND reported_at > %(fresh_since)s
"""


class Visits(NamedTuple):
    """How many of the newest finished visits were still there when their slot ended, as far as anybody knows."""

    outlasted: int
    visits: int


def stays_at(evse_ids: Sequence[UUID], until: datetime, now: datetime) -> Stays:
    """Stays that begin before `until`, one row per EVSE, in one query."""
    asked: dict[str, Any] = {
        "units": f"{{{','.join([evse_id.hex for evse_id in evse_ids])}}}",
        "high": until,
        "now": now,
        "fresh_since": now - FRESH_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, asked)
        rows = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 4)
    place = rows[:, 0].astype(np.int64)
    number = np.arange(len(place)) - np.searchsorted(place, place)
    shape = len(evse_ids), int(number.max(initial=0)) + 1
    there, arrived = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    begin, end = np.zeros(shape), np.zeros(shape)
    there[place, number], arrived[place, number] = True, rows[:, 3] > 0
    begin[place, number], end[place, number] = rows[:, 1], rows[:, 2]
    return Stays(there, begin, end, arrived)


def newest_visits(now: datetime) -> Visits:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTLASTED, [now, _VISITS])
        return Visits(*cursor.fetchone())


def reported(evse_ids: Sequence[UUID], now: datetime) -> dict[UUID, tuple[bool, float]]:
    """Whether chargers say that they are occupied, and for how many minutes; silent ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW_AT, {"ids": list(evse_ids), "fresh_since": now - FRESH_FOR})
        return {
            evse_id: (bool(occupied), np.nan if since is None else (now - since) / _MINUTE)
            for evse_id, occupied, since in cursor.fetchall()
        }
