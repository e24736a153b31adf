"""The forecaster ports filled: the active forecast on what is booked, charged and reported right now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.utils import timezone

from bookings.ports import SlotsAsked, WalkInSite
from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.forecasting.artefact import Fitted
from scheduler_rl.forecasting.promise import Promise, outlast_share
from scheduler_rl.loading import Loaded, answering
from scheduler_rl.models import PolicyVersion
from scheduler_rl.outlooks import FRESH_FOR as KNOWN_FOR
from scheduler_rl.outlooks import Outlooks
from scheduler_rl.presence import Visits, newest_visits, reported, stays_at
from scheduler_rl.serving.prior import read_prior
from scheduler_rl.serving.walk_in import Scene, walk_in_chances
from stations.local_time import instant_at


class LiveForecaster:
    """AvailabilityForecaster by the active PolicyVersion: two queries, whatever is asked."""

    def __init__(self) -> None:
        self._forecasts: Loaded[Fitted] = Loaded(
            lambda content, sha256: Fitted.from_bytes(content, sha256=sha256)
        )
        self._outlooks = Outlooks()
        self._outlast: tuple[datetime, Visits] | None = None

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
        stays = stays_at(evse_ids, instant_at(int(start.max()) + 1), now)
        promise = Promise(fitted.deviations, fitted.survival, self._outlast_share(fitted, now))
        free = promise.free(stays, connector, start.astype(np.float64), now.timestamp())
        parts = np.split(free, np.cumsum([len(columns) for _, columns in pairs])[:-1])
        return [
            _one_of(one, row, column, part)
            for one, (row, column), part in zip(asked, pairs, parts, strict=True)
        ]

    def walk_in(self, site: WalkInSite, minutes: Sequence[int], now: datetime) -> Floats | None:
        """P(one of the site's EVSEs that nobody can book is free) so many minutes from now, (len(minutes),)."""
        fitted = self._fitted()
        if fitted is None or not site.evse_ids:
            return None
        known = reported(site.evse_ids, now)
        own = self._outlooks.of([site.station_id], now).get(site.station_id)
        count, local = len(site.evse_ids), now.astimezone(site.zone)
        demand = own.demand * count / site.units if own else read_prior().demand * count
        scene = Scene(
            station=np.zeros(count, dtype=np.int64),
            occupied=np.array([known.get(one, (False, 0.0))[0] for one in site.evse_ids]),
            since=np.array([known.get(one, (False, np.nan))[1] for one in site.evse_ids]),
            day=local.toordinal(),
            minute=local.hour * 60 + local.minute,
            demand=demand[:, None, :],
        )
        return np.asarray(walk_in_chances(fitted, scene, np.array(minutes, dtype=np.float64))[0])

    def _fitted(self) -> Fitted | None:
        version = answering(PolicyVersion.Kind.FORECAST)
        return None if version is None else self._forecasts.of(version)

    def _outlast_share(self, fitted: Fitted, now: datetime) -> float:
        if self._outlast is None or not timedelta() <= now - self._outlast[0] < KNOWN_FOR:
            self._outlast = now, newest_visits(now)
        return outlast_share(*self._outlast[1], fitted.deviations)


class OutlookDemand:
    """DemandForecaster from the nightly outlooks: one query."""

    def expected(self, station_ids: Sequence[UUID]) -> dict[UUID, Floats]:
        return {one: outlook.demand for one, outlook in Outlooks().of(station_ids, timezone.now()).items()}


def _one_of(asked: SlotsAsked, row: Ints, column: Ints, free: Floats) -> Floats:
    """P(at least one of those who are free by the book is), for each start."""
    taken = np.ones(asked.free.shape)
    taken[row, column] = 1 - free
    return np.asarray(1 - taken.prod(axis=0))
