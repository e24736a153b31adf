"""How many sessions to expect at each site in each hour: for owners."""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.forecasting.climatology import Climatology
from scheduler_rl.forecasting.grid import DAY_STEPS, STEP_MIN, Grid
from scheduler_rl.worlds.files import Sessions

_HOURS: Final = 24


def arrivals(sessions: Sessions, grid: Grid) -> Floats:
    """Sessions that begin at each site in each quarter hour of the grid, (S, T)."""
    counts = np.zeros((len(grid.ids), grid.occupied.shape[1]))
    site = np.searchsorted(grid.ids, sessions.site)
    step = (sessions.day - grid.first_day) * DAY_STEPS + (sessions.start // STEP_MIN).astype(np.int64)
    np.add.at(counts, (site, step), 1.0)
    return counts


def expected_arrivals(sessions: Sessions, grid: Grid, *, steps: int) -> Floats:
    """Sessions to expect per hour, (2, S, 24), weekdays then weekend days; learned from the first `steps`.

    What is rare at a site leans on the network's usual, as in Climatology.
    """
    usual = Climatology.of(grid, arrivals(sessions, grid), steps)
    kinds = [_one_day(grid, weekend) for weekend in (False, True)]
    days = [usual.at(grid, step) for step in kinds]
    return np.stack([day.reshape(len(grid.ids), _HOURS, -1).sum(axis=2) for day in days])


def _one_day(grid: Grid, weekend: bool) -> np.ndarray:
    """The steps of some day of that kind, within the grid or after it."""
    midnights = np.arange(7) * DAY_STEPS
    first = midnights[grid.weekend(midnights) == weekend][0]
    return np.arange(first, first + DAY_STEPS)
