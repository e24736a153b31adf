"""What is expected at stations, as the rankers and forecasters of a process know it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.models import StationOutlook
from scheduler_rl.worlds.city import DAY_SLOTS, KINDS

FRESH_FOR: Final = timedelta(minutes=10)  # outlooks change once a night
_KEPT: Final = 5_000


class Outlook(NamedTuple):
    """Weekdays, then weekend days. prices: EUR per slot of 15 minutes, (2, 96); demand: sessions an hour, (2, 24)."""

    prices: Floats
    demand: Floats


class Outlooks:
    """Outlooks of stations, read in one query for all that are not known yet, and again after ten minutes."""

    def __init__(self) -> None:
        self._known: dict[UUID, Outlook | None] = {}
        self._since: datetime | None = None

    def of(self, station_ids: Iterable[UUID], now: datetime) -> dict[UUID, Outlook]:
        """Those there are; a station without a history has none."""
        wanted, known = set(station_ids), self._fresh(now)
        missing = wanted - known.keys()
        if missing:
            known.update(dict.fromkeys(missing) | read_outlooks(missing))
        return {station_id: found for station_id in wanted if (found := known[station_id]) is not None}

    def _fresh(self, now: datetime) -> dict[UUID, Outlook | None]:
        """What is known; whoever was given it keeps it when another thread begins anew."""
        since = self._since
        if since is None or not timedelta() <= now - since < FRESH_FOR or len(self._known) > _KEPT:
            self._known, self._since = {}, now
        return self._known


def read_outlooks(station_ids: Iterable[UUID]) -> dict[UUID, Outlook]:
    """One query; only stations of which both kinds of day are known."""
    rows = StationOutlook.objects.filter(station__in=station_ids).values_list(
        "station_id", "kind", "prices", "demand"
    )
    found: dict[UUID, dict[str, tuple[Sequence[float], Sequence[float]]]] = {}
    for station_id, kind, prices, demand in rows:
        found.setdefault(station_id, {})[kind] = prices[:DAY_SLOTS], demand
    return {
        station_id: Outlook(*(np.array([kinds[kind][part] for kind in KINDS]) for part in (0, 1)))
        for station_id, kinds in found.items()
        if len(kinds) == len(KINDS)
    }
