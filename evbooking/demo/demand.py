"""When generated cars come and how long they stay: visits by hour of the week, never two at one EVSE.

The arrivals of an EVSE are a Poisson process whose rate follows its station's weekly profile, stopped while
the EVSE is occupied: time is stretched by the cumulated rate, a unit-rate gap is drawn there, and the result
is read back on the clock (inversion of the integrated intensity).
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evbooking.demo.kinds import PROFILES, Kind

QUARTER = 900
MAX_STAY_QUARTERS = 40
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Visits:
    """Parallel arrays: which EVSE (index), start and end in epoch seconds."""

    evse: Ints
    start: Ints
    end: Ints


def visits(
    *,
    kind: Kind,
    evses: Ints,
    buffers: Ints,
    window: tuple[datetime, datetime],
    zone: ZoneInfo,
    intensity: float,
    rng: np.random.Generator,
) -> Visits:
    """Visits at these EVSEs (all of one kind) in the window, quarter-hour starts.

    `buffers`: seconds kept free after each visit, per EVSE. `intensity` multiplies the kind's visits per day.
    """
    first = int(window[0].timestamp()) // QUARTER * QUARTER
    quarters = (int(window[1].timestamp()) - first) // QUARTER
    cumulated = _cumulated_rate(kind, first, quarters, zone, intensity)
    clock = np.arange(quarters + 1, dtype=np.float64)
    free_from = np.zeros(len(evses))
    found: list[tuple[Ints, Ints, Ints]] = []
    alive = np.arange(len(evses))
    while alive.size:
        stretched = np.interp(free_from[alive], clock, cumulated) + rng.exponential(1.0, alive.size)
        start = np.ceil(np.interp(stretched, cumulated, clock, right=np.inf))
        inside = start < quarters
        alive, start = alive[inside], start[inside].astype(np.int64)
        stay = _stays(kind, alive.size, rng)
        found.append((evses[alive], first + start * QUARTER, first + (start + stay) * QUARTER))
        free_from[alive] = start + stay + np.ceil(buffers[alive] / QUARTER)
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    kept = _open(kind, columns[1], columns[2], zone) & (columns[2] <= first + quarters * QUARTER)
    return Visits(*(column[kept] for column in columns))


def _cumulated_rate(kind: Kind, first: int, quarters: int, zone: ZoneInfo, intensity: float) -> Floats:
    """Expected visits from the window's begin to each quarter hour."""
    shapes = [np.array(shape, dtype=np.float64) for shape in PROFILES[kind.profile]]
    mean = sum(shape.sum() * days for shape, days in zip(shapes, (5, 2), strict=True)) / 7
    local = _local(first + np.arange(quarters, dtype=np.int64) * QUARTER, zone)
    hours, weekend = (local // 3600) % 24, (local // 86400 + 3) % 7 >= 5
    shape = np.where(weekend, shapes[1][hours], shapes[0][hours])
    rate = shape / mean * kind.visits_per_day * intensity / 4
    return np.concatenate(([0.0], np.cumsum(rate + 1e-9)))


def _stays(kind: Kind, count: int, rng: np.random.Generator) -> Ints:
    """Lengths of stay in quarter hours: log-normal, at least half an hour."""
    quarters = np.rint(kind.stay_minutes / 15 * rng.lognormal(0.0, kind.stay_spread, count))
    most = 12 if kind.name == "hub" else MAX_STAY_QUARTERS
    return np.clip(quarters, 2, most).astype(np.int64)


def _local(epochs: Ints, zone: ZoneInfo) -> Ints:
    """Wall-clock seconds of these instants; offsets are looked up once per day and change at 01:00 UTC."""
    days = (epochs - 3600) // 86400
    unique, back = np.unique(days, return_inverse=True)
    offsets = [datetime.fromtimestamp(int(day) * 86400 + 3600, zone).utcoffset() for day in unique]
    seconds = np.array([int(offset.total_seconds()) if offset else 0 for offset in offsets], dtype=np.int64)
    return epochs + seconds[back]


def _open(kind: Kind, start: Ints, end: Ints, zone: ZoneInfo) -> NDArray[np.bool_]:
    """Which visits lie in the kind's opening hours (they are the same on each day it opens)."""
    regular = kind.opening_times.get("regular_hours")
    if not regular:
        return np.ones(len(start), dtype=np.bool_)
    days = {one["weekday"] for one in regular}
    begin, close = (_seconds(regular[0][name]) for name in ("period_begin", "period_end"))
    local_start, local_end = _local(start, zone), _local(end, zone)
    weekday = (local_start // 86400 + 3) % 7 + 1
    same_day = local_start // 86400 == local_end // 86400
    inside: NDArray[np.bool_] = (local_start % 86400 >= begin) & (local_end % 86400 <= close)
    opened: NDArray[np.bool_] = inside & same_day & np.isin(weekday, list(days))
    return opened


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60
