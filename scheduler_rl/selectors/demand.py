"""How much was asked for, by hour of the day: what drift is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from django.db import connection

from scheduler_rl.arrays import Floats
from scheduler_rl.evaluation.drift import noise, psi, word_for
from stations.models import Station

WINDOW: Final = timedelta(days=28)
LEAST: Final = 100  # visits of a station in both windows below which its drift is noise
_HOURS: Final = """
SELECT b.station_id, extract(hour FROM timezone(s.time_zone, b.start))::int AS hour,
       extract(isodow FROM timezone(s.time_zone, b.start)) > 5 AS weekend, count(*)
FROM bookings_booking b JOIN stations_station s ON s.id = b.station_id
WHERE b.reference IS NOT NULL AND b.status IN ('RESERVED', 'FULFILLED', 'COMPLETED', 'NO_SHOW')
  AND b.start >= %s AND b.start < %s
GROUP BY 1, 2, 3
"""
Counts = dict[UUID, Floats]


@dataclass(frozen=True, slots=True)
class StationDrift:
    """PSI of a station's hours against before, beside what chance alone would give; visits now and then."""

    station: Station
    psi: float
    noise: float
    now: int
    then: int

    @property
    def word(self) -> str:
        return word_for(self.psi, self.noise)


@dataclass(frozen=True, slots=True)
class Drift:
    """hours: PSI of the hours of weekdays and of weekend days over the whole network, (2,), with its noise; counts
    per hour now and then, (2, 2, 24); places: PSI of how visits spread over stations; stations: the most shifted.
    """

    hours: Floats
    noise: Floats
    counts: Floats
    places: float
    stations: list[StationDrift]
    then: tuple[date, date]

    @property
    def then_visits(self) -> int:
        return int(self.counts[1].sum())


def drift_against(first: date, last: date, *, today: date, most: int = 10) -> Drift:
    """Demand of the last 28 days against that of the days from `first` to `last`; four queries."""
    now, then = _counts(today - WINDOW, today), _counts(first, last + timedelta(days=1))
    ids = sorted(now.keys() | then.keys())
    nothing = np.zeros((2, 24))
    both = (
        np.stack([[counts.get(one, nothing) for one in ids] for counts in (now, then)])
        if ids
        else np.zeros((2, 1, 2, 24))
    )
    total = both.sum(axis=1)
    return Drift(
        hours=psi(total[0], total[1]),
        noise=noise(total[0], total[1]),
        counts=total,
        places=float(psi(both[0].sum(axis=(1, 2)), both[1].sum(axis=(1, 2)))),
        stations=_most_shifted(ids, both.sum(axis=2), most),
        then=(first, last),
    )


def _most_shifted(ids: list[UUID], counts: Floats, most: int) -> list[StationDrift]:
    """counts: (2, S, 24)."""
    shift, chance = psi(counts[0], counts[1]), noise(counts[0], counts[1])
    visits = counts.sum(axis=2)
    told = [i for i in np.argsort(chance - shift, kind="stable") if visits[:, i].min() >= LEAST][:most]
    stations = Station.objects.in_bulk([ids[i] for i in told])
    return [
        StationDrift(
            stations[ids[i]], float(shift[i]), float(chance[i]), int(visits[0, i]), int(visits[1, i])
        )
        for i in told
    ]


def _counts(first: date, before: date) -> Counts:
    """Visits that began in [first, before), UTC days, by station, kind of day and local hour."""
    found: Counts = {}
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [first, before])
        for station_id, hour, weekend, count in cursor.fetchall():
            found.setdefault(station_id, np.zeros((2, 24)))[int(weekend), hour] = count
    return found
