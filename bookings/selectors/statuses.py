"""What an EVSE is shown as: inhibit causes first, then the charger's own word, then the bookings."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from bookings.holds import STANDS
from evbooking.core.ocpi import Status

FRESH_FOR: Final = timedelta(minutes=15)  # a charger's word older than that is `stale` and no longer counts

# the parts of SQL that say so, on e = stations_evse and b = an EVSE's bookings that count now, aggregated
OCCUPYING: Final = f"""status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
    AND (status = 'FULFILLED'
         OR (status IN ('HELD', 'PENDING', 'RESERVED') AND start <= %(now)s AND "end" > %(now)s
             AND {STANDS}))"""
SHOWN: Final = """CASE
    WHEN 'fault' = ANY (e.inhibits) THEN 'OUTOFORDER'
    WHEN e.inhibits && ARRAY['operator', 'maintenance', 'weather']::varchar[] THEN 'INOPERATIVE'
    WHEN 'offline' = ANY (e.inhibits) THEN 'UNKNOWN'
    WHEN e.reported_status NOT IN ('', 'AVAILABLE') AND e.reported_at > %(fresh_since)s THEN e.reported_status
    WHEN b.charging THEN 'CHARGING'
    WHEN b.since IS NOT NULL THEN 'RESERVED'
    ELSE 'AVAILABLE' END"""

_STATUSES: Final = f"""
SELECT e.id, {SHOWN}, greatest(e.status_since, b.since),
       e.reported_status <> '' AND e.reported_at <= %(fresh_since)s
FROM stations_evse e
CROSS JOIN LATERAL (
    SELECT bool_or(status = 'FULFILLED') AS charging, max(coalesce(arrived_at, start)) AS since
    FROM bookings_booking WHERE evse_id = e.id AND {OCCUPYING}
) b
WHERE e.id = ANY (%(ids)s)
"""


class ShownStatus(NamedTuple):
    """The status shown for an EVSE, since when (None where nobody knows), and whether its charger is silent."""

    status: Status
    since: datetime | None
    stale: bool


def shown_status(evse_ids: Iterable[UUID], now: datetime) -> dict[UUID, ShownStatus]:
    """The shown status of EVSEs by id, in one query whatever their number."""
    ids = list(evse_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STATUSES, {"ids": ids, **clock(now)})
        return {
            evse_id: ShownStatus(Status(status), since, bool(stale))
            for evse_id, status, since, stale in cursor.fetchall()
        }


def clock(now: datetime) -> dict[str, datetime]:
    """The parameters that OCCUPYING and SHOWN take."""
    return {"now": now, "fresh_since": now - FRESH_FOR}


# a station shows the best that one of its EVSEs can do
_BEST_FIRST: Final = (
    Status.AVAILABLE,
    Status.RESERVED,
    Status.CHARGING,
    Status.BLOCKED,
    Status.UNKNOWN,
    Status.INOPERATIVE,
    Status.OUTOFORDER,
    Status.PLANNED,
)


def station_status(statuses: Iterable[Status], *, is_public: bool) -> Status:
    """The status of a station as a whole: REMOVED when it is no longer public, UNKNOWN without an EVSE."""
    if not is_public:
        return Status.REMOVED
    found = set(statuses)
    return next((status for status in _BEST_FIRST if status in found), Status.UNKNOWN)
