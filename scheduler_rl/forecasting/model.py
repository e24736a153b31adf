"""The forecast: each charger's chance to be occupied at t + h, then the station's chance that all are.

A charger that is occupied now leaves by a hazard on how long it has been so (hat functions of the logarithm), on
the hour of the target and on what is usual at the site; one that is free is taken by what is usual then. How much
the site, its neighbours and the network are above the usual now enters too. One logistic regression per horizon
and state, and one that calibrates the product over the chargers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.forecasting.climatology import Climatology
from scheduler_rl.forecasting.grid import DAY_STEPS, STEP_MIN, Grid
from scheduler_rl.forecasting.logistic import fit_logistic, logit, predict

HORIZONS_MIN: Final = (15, 30, 60, 120, 240, 480, 1440, 2880)
_KNOTS: Final = np.log(np.array([7.0, 25, 50, 90, 140, 200, 300, 480, 800, 1500]))
_TARGET_HOURS: Final = 6  # parts of the day
_EVERY: Final = 2  # every other quarter hour is enough to learn from
_CASES: Final = 600_000  # chargers x quarter hours that are enough to learn from
_AT_ONCE: Final = 384  # steps, so that memory does not grow with the days


class Weights(NamedTuple):
    """Of one horizon: chargers occupied now, chargers free now, and the station."""

    occupied: Floats
    free: Floats
    station: Floats


class Usually(Protocol):
    """What is usual at S sites: a Climatology, or what a live installation knows."""

    def at(self, grid: Grid, step: Ints, *, trained_on: bool = False) -> Floats:
        """At steps, (S, len(step))."""


class Usual(NamedTuple):
    """Of the share of chargers occupied, and of "all are"."""

    share: Usually
    full: Usually


@dataclass(frozen=True, slots=True)
class Forecast:
    """A fitted forecast: weights by horizon in minutes."""

    usual: Usual
    weights: dict[int, Weights]

    def chances(self, grid: Grid, step: Ints, horizon: int, *, trained_on: bool = False) -> Floats:
        """P(at least one charger free) `horizon` minutes after steps, (S, len(step))."""
        parts = np.array_split(step, max(1, len(step) // _AT_ONCE))
        return np.concatenate([self._chances(grid, part, horizon, trained_on) for part in parts], axis=1)

    def _chances(self, grid: Grid, step: Ints, horizon: int, trained_on: bool) -> Floats:
        view = _View.of(grid, self.usual, step, horizon, trained_on=trained_on)
        weights = self.weights[horizon]
        return 1 - predict(weights.station, view.stations(view.chargers(weights))).reshape(-1, len(step))


def fit_forecast(grid: Grid, steps: int, horizons: tuple[int, ...] = HORIZONS_MIN) -> Forecast:
    """Fit on the first `steps` of the grid. Raises ValueError when these are fewer than three days."""
    if steps < 3 * DAY_STEPS:
        raise ValueError("a forecast needs at least three days of sessions to learn from")
    share, full = site_shares(grid)
    usual = Usual(Climatology.of(grid, share, steps), Climatology.of(grid, full, steps))
    return Forecast(usual, {horizon: _fit(grid, usual, steps, horizon) for horizon in horizons})


def with_bookings(free_chance: Floats, capacity: Ints, booked: Ints) -> Floats:
    """The chance when `booked` of a station's chargers are promised to others for that time.

    What is left of the station is full with the chance of the whole to the power of its share; arrays broadcast.
    """
    left = np.clip(capacity - booked, 0, None) / np.maximum(capacity, 1)
    return np.where(left > 0, 1 - (1 - free_chance) ** np.maximum(left, 1e-9), 0.0)


def site_shares(grid: Grid) -> tuple[Floats, Floats]:
    """Share of chargers occupied, and whether all are, (S, T)."""
    occupied = grid.per_site(grid.occupied)
    capacity = grid.capacity()[:, None]
    return occupied / capacity, (occupied >= capacity).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _View:
    """What is known at steps t of the target t + h: (C, n) of chargers, (S, n) of sites."""

    grid: Grid
    occupied: Bools
    columns: Floats
    usual_full: Floats
    share: Floats

    @classmethod
    def of(cls, grid: Grid, usual: Usual, step: Ints, horizon: int, *, trained_on: bool) -> _View:
        target = step + horizon // STEP_MIN
        later = usual.share.at(grid, target, trained_on=trained_on)
        now = usual.share.at(grid, step, trained_on=trained_on)
        share = site_shares(grid)[0][:, step]
        above = share - now
        full = usual.full.at(grid, target, trained_on=trained_on)
        since = grid.since[:, step]
        site = grid.site
        parts = [_hats(since), _hats(since) * logit(later)[site][..., None], _hours(target, len(site))]
        single = [
            logit(later)[site],
            logit(now)[site],
            above[site],
            np.broadcast_to(above.mean(axis=0), since.shape),
            np.broadcast_to(grid.weekend(target), since.shape).astype(np.float64),
            np.isnan(since).astype(np.float64),
        ]
        columns = np.concatenate([*parts, np.stack(single, axis=-1)], axis=-1)
        return cls(grid, grid.occupied[:, step], columns, full, share)

    def chargers(self, weights: Weights) -> Floats:
        """Chance to be occupied at the target, (C, n)."""
        chance = np.zeros(self.occupied.shape)
        for state, its in ((True, weights.occupied), (False, weights.free)):
            mine = self.occupied == state
            chance[mine] = predict(its, self.columns[mine])
        return chance

    def stations(self, occupied: Floats) -> Floats:
        """Columns for "all are occupied", (S x n, F)."""
        all_of_them = np.exp(self.grid.per_site(np.log(np.clip(occupied, 1e-6, 1))))
        capacity = np.broadcast_to(np.log(self.grid.capacity())[:, None], all_of_them.shape)
        columns = (
            logit(all_of_them),
            logit(self.usual_full),
            (self.share >= 1).astype(np.float64),
            self.share,
            capacity,
            logit(all_of_them) * (self.share >= 1),
        )
        return np.stack([column.reshape(-1) for column in columns], axis=-1)


def _fit(grid: Grid, usual: Usual, steps: int, horizon: int) -> Weights:
    every = max(_EVERY, -(-steps * len(grid.site) // _CASES))
    step = np.arange(0, steps - horizon // STEP_MIN, every)
    target = step + horizon // STEP_MIN
    view = _View.of(grid, usual, step, horizon, trained_on=True)
    after = grid.occupied[:, target].astype(np.float64)
    occupied, free = (
        fit_logistic(view.columns[view.occupied == state], after[view.occupied == state])
        for state in (True, False)
    )
    half = Weights(occupied, free, np.zeros(0))
    full = site_shares(grid)[1][:, target].reshape(-1)
    return half._replace(station=fit_logistic(view.stations(view.chargers(half)), full))


def _hats(since: Floats) -> Floats:
    """Hat functions of the logarithm of minutes, (..., 10); all zero where it is not known."""
    minutes = np.log(np.nan_to_num(since, nan=1.0) + 5)
    place = np.interp(minutes, _KNOTS, np.arange(len(_KNOTS)))
    hats = np.maximum(0, 1 - np.abs(place[..., None] - np.arange(len(_KNOTS))))
    return np.asarray(hats * ~np.isnan(since)[..., None])


def _hours(target: Ints, chargers: int) -> Floats:
    """Which part of the day the target is in, (C, n, 6)."""
    part = target % DAY_STEPS * _TARGET_HOURS // DAY_STEPS
    return np.broadcast_to(np.eye(_TARGET_HOURS)[part], (chargers, len(target), _TARGET_HOURS))
