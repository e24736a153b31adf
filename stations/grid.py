"""The booking grid: on which instants a booking at a site may start.

Starts are the multiples of the station's increment of the site's wall clock, counted from 00:00. Wall times
that do not exist are skipped, repeated ones are two different starts. Increments divide the hour, so within
a run of constant offset the grid is a plain arithmetic progression.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from stations.local_time import DAY_S, epoch_seconds, instant_at, local_midnight, offset_runs

__all__ = ["INCREMENTS", "is_on_grid", "local_midnight", "start_epochs", "starts_between"]

INCREMENTS: Final = (5, 10, 15, 20, 30, 60)

Epochs = npt.NDArray[np.int64]


def start_epochs(zone: ZoneInfo, increment_minutes: int, start: datetime, end: datetime) -> Epochs:
    """Sorted UTC epoch seconds of every grid start in [start, end), both aware; shape (n,), read-only.

    Raises ValueError for an increment that is not in INCREMENTS.
    """
    low, high = _next_second(start), _next_second(end)
    days = [
        _epochs_of_utc_day(zone, increment_minutes, day) for day in range(low // DAY_S, -(-high // DAY_S))
    ]
    if not days:
        return _frozen(np.empty(0, dtype=np.int64))
    epochs = days[0] if len(days) == 1 else np.concatenate(days)
    first, last = np.searchsorted(epochs, (low, high))
    return _frozen(epochs[first:last])


def starts_between(zone: ZoneInfo, increment_minutes: int, start: datetime, end: datetime) -> list[datetime]:
    """The same grid starts as aware UTC instants, in order."""
    return [instant_at(epoch) for epoch in start_epochs(zone, increment_minutes, start, end).tolist()]


def is_on_grid(zone: ZoneInfo, increment_minutes: int, instant: datetime) -> bool:
    """Whether the site's wall clock shows a whole multiple of the increment at this aware instant."""
    wall = instant.astimezone(zone)
    return wall.minute % _checked(increment_minutes) == 0 == wall.second == wall.microsecond


def _next_second(instant: datetime) -> int:
    return epoch_seconds(instant) + bool(instant.microsecond)


@lru_cache(maxsize=16_384)
def _epochs_of_utc_day(zone: ZoneInfo, increment_minutes: int, day: int) -> Epochs:
    step = _checked(increment_minutes) * 60
    runs = offset_runs(zone, day * DAY_S, (day + 1) * DAY_S)
    parts = [np.arange(run.start + -(run.start + run.offset) % step, run.end, step) for run in runs]
    return _frozen(np.concatenate(parts).astype(np.int64))


def _frozen(epochs: Epochs) -> Epochs:
    epochs.flags.writeable = False
    return epochs


def _checked(increment_minutes: int) -> int:
    if increment_minutes not in INCREMENTS:
        raise ValueError(f"the increment is one of {INCREMENTS} minutes, not {increment_minutes}")
    return increment_minutes
