"""The forecaster ports filled: the active forecast on what is booked, charged and reported right now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection
from django.utils import timezone

from bookings.holds import STANDS
from bookings.ports import SlotsAsked, WalkInSite
from bookings.selectors.statuses import FRESH_FOR
from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.forecasting.artefact import Fitted
from scheduler_rl.forecasting.promise import Promise, Stays, outlast_share
from scheduler_rl.loading import Loaded, answering
from scheduler_rl.models import PolicyVersion
from scheduler_rl.outlooks import FRESH_FOR as KNOWN_FOR
from scheduler_rl.outlooks import Outlooks
from scheduler_rl.serving.prior import read_prior
from scheduler_rl.serving.walk_in import Scene, walk_in_chances

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


class _Outlast(NamedTuple):
    outlasted: int
    visits: int


class LiveForecaster:
    """AvailabilityForecaster by the active PolicyVersion: two queries, whatever is asked."""

    def __init__(self) -> None:
        self._forecasts: Loaded[Fitted] = Loaded(
            lambda content, sha256: Fitted.from_bytes(content, sha256=sha256)
        )
        self._outlooks = Outlooks()
        self._outlast: tuple[datetime, _Outlast] | None = None

    def chances(self, asked: Sequence[SlotsAsked], now: datetime) -> list[Floats] | None:
        """None without an active forecast. Raises CannotLoad."""
        fitted = self._fitted()
        if fitted is None:
            return None
        pairs = [np.nonzero(one.free) for one in asked]
        offset = np.cumsum([0, *(len(one.evse_ids) for one in asked)])
        connector = np.concatenate([rows + begin for (rows, _), begin in zip(pairs, offset, strict=False)])
        start = np.concatenate([one.starts[columns] for one, (_, columns) in zip(asked, pairs, strict=True)])
        evse_ids = [evse_id for one in asked for evse_id in one.evse_ids]
        if not len(start):
            return [np.zeros(len(one.starts)) for one in asked]
        stays = _stays(evse_ids, instant_after(start), now)
        promise = Promise(fitted.deviations, fitted.survival, self._outlast_share(fitted, now))
        free = promise.free(stays, connector, start.astype(np.float64), now.timestamp())
        parts = np.split(free, np.cumsum([len(columns) for _, columns in pairs])[:-1])
        return [_one_of(one, *pair, part) for one, pair, part in zip(asked, pairs, parts, strict=True)]

    def walk_in(self, site: WalkInSite, minutes: Sequence[int], now: datetime) -> Floats | None:
        """P(one of the site's EVSEs that nobody can book is free) so many minutes from now, (len(minutes),)."""
        fitted = self._fitted()
        if fitted is None or not site.evse_ids:
            return None
        reported = _reported(site.evse_ids, now)
        own = self._outlooks.of([site.station_id], now).get(site.station_id)
        count, local = len(site.evse_ids), now.astimezone(site.zone)
        demand = own.demand * count / site.units if own else read_prior().demand * count
        scene = Scene(
            station=np.zeros(count, dtype=np.int64),
            occupied=np.array([reported.get(one, (False, 0.0))[0] for one in site.evse_ids]),
            since=np.array([reported.get(one, (False, np.nan))[1] for one in site.evse_ids]),
            day=local.toordinal(),
            minute=local.hour * 60 + local.minute,
            demand=demand[:, None, :],
        )
        return walk_in_chances(fitted, scene, np.array(minutes, dtype=np.float64))[0]

    def _fitted(self) -> Fitted | None:
        version = answering(PolicyVersion.Kind.FORECAST)
        return None if version is None else self._forecasts.of(version)

    def _outlast_share(self, fitted: Fitted, now: datetime) -> float:
        if self._outlast is None or not timedelta() <= now - self._outlast[0] < KNOWN_FOR:
            with connection.cursor() as cursor:
                cursor.execute(_OUTLASTED, [now, _VISITS])
                self._outlast = now, _Outlast(*cursor.fetchone())
        return outlast_share(*self._outlast[1], fitted.deviations)


class OutlookDemand:
    """DemandForecaster from the nightly outlooks: one query."""

    def expected(self, station_ids: Sequence[UUID]) -> dict[UUID, Floats]:
        return {one: outlook.demand for one, outlook in Outlooks().of(station_ids, timezone.now()).items()}


def instant_after(start: Ints) -> float:
    """Epoch seconds after the last start: what begins later cannot be in the way."""
    return float(start.max()) + 1


def _stays(evse_ids: Sequence[UUID], until: float, now: datetime) -> Stays:
    asked: dict[str, Any] = {
        "units": f"{{{','.join([evse_id.hex for evse_id in evse_ids])}}}",
        "high": datetime.fromtimestamp(until, tz=now.tzinfo),
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


def _one_of(asked: SlotsAsked, row: Ints, column: Ints, free: Floats) -> Floats:
    """P(at least one of those who are free by the book is), for each start."""
    taken = np.ones(asked.free.shape)
    taken[row, column] = 1 - free
    return np.asarray(1 - taken.prod(axis=0))


def _reported(evse_ids: Sequence[UUID], now: datetime) -> dict[UUID, tuple[bool, float]]:
    """Whether chargers say that they are occupied, and for how many minutes; silent ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW_AT, {"ids": list(evse_ids), "fresh_since": now - FRESH_FOR})
        return {
            evse_id: (bool(occupied), np.nan if since is None else (now - since) / _MINUTE)
            for evse_id, occupied, since in cursor.fetchall()
        }
