"""What is usual at a site at an hour of a weekday or weekend, with rare hours leaning on the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.forecasting.grid import DAY_STEPS, Grid

_HOUR_STEPS: Final = 4
_BORROWED_DAYS: Final = 3.0  # how many days' worth the network's usual weighs beside a site's own
_SMOOTH_STEPS: Final = 4  # moving mean over so many quarter hours to each side


@dataclass(frozen=True, slots=True)
class Climatology:
    """Sums over training days: total, (kinds, S, 96), and days, (kinds,); kind 1 is the weekend.

    leave_out: figures of the training days themselves, (S, T): to judge a day by the others.
    """

    total: Floats
    days: Floats
    leave_out: Floats

    @classmethod
    def of(cls, grid: Grid, figures: Floats, steps: int) -> Climatology:
        """Of figures per site, (S, T), over the first `steps`."""
        whole = figures[:, :steps].reshape(len(figures), -1, DAY_STEPS)
        smooth = _smoothed(whole)
        weekend = grid.weekend(np.arange(0, steps, DAY_STEPS))
        total = np.stack([smooth[:, weekend == kind].sum(axis=1) for kind in (False, True)])
        days = np.array([(~weekend).sum(), weekend.sum()], dtype=np.float64)
        return cls(total, days, smooth.reshape(len(figures), steps))

    def at(self, grid: Grid, step: Ints, *, trained_on: bool = False) -> Floats:
        """The usual at steps, (S, len(step)); `trained_on`: the steps are training days, each left out itself."""
        kind = grid.weekend(step).astype(np.int64)
        clock = step % DAY_STEPS
        own, days = self.total[kind, :, clock].T, self.days[kind].copy()
        if trained_on:
            own, days = own - self.leave_out[:, step], days - 1
        everywhere = self.total.sum(axis=0)[:, clock] - (self.leave_out[:, step] if trained_on else 0.0)
        every = everywhere / np.maximum(self.days.sum() - trained_on, 1.0)
        whole = every.mean(axis=0)
        leaning = (every * 2 + whole) / 3
        return np.asarray((own + _BORROWED_DAYS * leaning) / (days + _BORROWED_DAYS))


def _smoothed(days: Floats) -> Floats:
    """A moving mean along the clock, within each day."""
    width = 2 * _SMOOTH_STEPS + 1
    padded = np.pad(days, ((0, 0), (0, 0), (_SMOOTH_STEPS, _SMOOTH_STEPS)), mode="edge")
    ahead = np.cumsum(np.pad(padded, ((0, 0), (0, 0), (1, 0))), axis=2)
    return np.asarray((ahead[..., width:] - ahead[..., :-width]) / width)
