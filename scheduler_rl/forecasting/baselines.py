"""What a forecast has to beat: it stays as it is, it is as usual, and a logistic regression on five figures."""

from __future__ import annotations

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.forecasting.grid import DAY_STEPS, STEP_MIN, Grid
from scheduler_rl.forecasting.logistic import fit_logistic, predict
from scheduler_rl.forecasting.model import site_shares


class Baselines:
    """Fitted on the first `steps` of a grid."""

    def __init__(self, grid: Grid, steps: int) -> None:
        self._grid, self._steps = grid, steps
        self._share, full = site_shares(grid)
        self._free = 1 - full
        self._usual = np.stack([self._mean_day(weekend) for weekend in (False, True)])

    def persistence(self, step: Ints) -> Floats:
        """1 where a charger is free now, (S, n)."""
        return self._free[:, step]

    def climatology(self, step: Ints, horizon: int) -> Floats:
        """Mean of the training days by site, hour and weekend, (S, n)."""
        target = step + horizon // STEP_MIN
        kind = self._grid.weekend(target).astype(np.int64)
        return np.asarray(self._usual[kind, :, target % DAY_STEPS // 4].T)

    def logistic(self, step: Ints, horizon: int) -> Floats:
        """Free now, share free, the usual, hour as sine and cosine; (S, n)."""
        ahead = horizon // STEP_MIN
        learn = np.arange(0, self._steps - ahead, 4)
        weights = fit_logistic(self._columns(learn, horizon), self._free[:, learn + ahead].reshape(-1))
        return predict(weights, self._columns(step, horizon)).reshape(-1, len(step))

    def _columns(self, step: Ints, horizon: int) -> Floats:
        usual = self.climatology(step, horizon)
        angle = 2 * np.pi * ((step + horizon // STEP_MIN) % DAY_STEPS) / DAY_STEPS
        clock = [np.broadcast_to(one, usual.shape) for one in (np.sin(angle), np.cos(angle))]
        columns = (self._free[:, step], 1 - self._share[:, step], usual, *clock)
        return np.stack([column.reshape(-1) for column in columns], axis=-1)

    def _mean_day(self, weekend: bool) -> Floats:
        """(S, 24); where there is no such day, the mean of all."""
        days = self._free[:, : self._steps].reshape(len(self._free), -1, 24, 4)
        kind = self._grid.weekend(np.arange(0, self._steps, DAY_STEPS)) == weekend
        chosen = days[:, kind] if kind.any() else days
        return np.asarray(chosen.mean(axis=(1, 3)))
