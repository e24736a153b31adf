"""How likely somebody without a booking finds a connector free: the fitted forecast on what is known right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.forecasting.artefact import Fitted
from scheduler_rl.forecasting.grid import DAY_STEPS, STEP_MIN, Grid
from scheduler_rl.forecasting.logistic import logit, sigmoid
from scheduler_rl.forecasting.model import HORIZONS_MIN, Forecast, Usual

_MOST: Final = 0.95  # of a usual share
_STEPS_BACK: Final = 48


@dataclass(frozen=True, slots=True)
class Known:
    """Climatology of a live installation: figures of weekdays, then weekend days, (2, S, 96)."""

    figures: Floats

    def at(self, grid: Grid, step: Ints, *, trained_on: bool = False) -> Floats:
        """As forecasting.climatology.Climatology.at, (S, len(step))."""
        return np.asarray(self.figures[grid.weekend(step).astype(np.int64), :, step % DAY_STEPS].T)


@dataclass(frozen=True, slots=True)
class Scene:
    """C connectors at S stations, now: station, occupied, since (minutes, NaN: not known): (C,); day: proleptic
    ordinal, minute: of the local day; demand: sessions by hour, (2, S, 24).
    """

    station: Ints
    occupied: Bools
    since: Floats
    day: int
    minute: int
    demand: Floats


def walk_in_chances(fitted: Fitted, scene: Scene, minutes: Floats) -> Floats:
    """P(at least one connector is free) so many minutes from now, (S, len(minutes)); 15 minutes to 48 hours.

    Between the horizons that were fitted the log-odds are read on the logarithm of time.
    """
    step = scene.minute // STEP_MIN
    stations, connectors = scene.demand.shape[1], len(scene.station)
    occupied = np.zeros((connectors, DAY_STEPS), dtype=bool)
    since = np.full((connectors, DAY_STEPS), np.nan)
    occupied[:, step], since[:, step] = scene.occupied, scene.since
    grid = Grid(scene.station, np.arange(stations), scene.day, occupied, since)
    share = usual_share(scene.demand, grid.capacity(), fitted.survival)
    usual = Usual(Known(share), Known(share ** grid.capacity()[:, None]))
    forecast = Forecast(usual, fitted.weights)
    known = np.stack([forecast.chances(grid, np.array([step]), one)[:, 0] for one in HORIZONS_MIN], axis=1)
    when = np.log(np.clip(minutes, HORIZONS_MIN[0], HORIZONS_MIN[-1]))
    rows = [np.interp(when, np.log(HORIZONS_MIN), logit(row)) for row in known]
    return sigmoid(np.stack(rows))


def usual_share(demand: Floats, capacity: Ints, survival: Floats) -> Floats:
    """Share of connectors usually occupied, (2, S, 96): who came in the last twelve hours and is still there."""
    arrivals = np.repeat(demand / 4, 4, axis=2)
    stays = survival.mean(axis=0)[:_STEPS_BACK]
    present = sum(stays[back] * np.roll(arrivals, back, axis=2) for back in range(_STEPS_BACK))
    return np.asarray(np.clip(present / capacity[:, None], 1e-3, _MOST))
