"""Is the connector of a booked slot really free when its driver comes? What can keep it: whoever was there before.

A slot is only offered where nothing else is booked, so the question is not how busy the site is: it is whether the
stays before it end as they should, and whether the charger works. How often booked visits outlast their slot is the
installation's own figure, by how much that of fitted stays against what was stated; a car that came without a
booking stays by its hazard on how long it has been there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.deviations import QUANTILES, Deviations

HOUR_S: Final = 3600.0
STEP_S: Final = 900.0
PARTS: Final = 6  # of the day in which a car came
_PRIOR_VISITS: Final = 20.0  # how many visits of one's own the fitted overruns weigh
_LEAST: Final = 1e-9


class Stays(NamedTuple):
    """Stays at U connectors, at most K each, (U, K); epoch seconds.

    there: whether there is such a stay; begin: its planned start, or since when the car is there; end: its planned
    end, NaN of a car that came without a booking; arrived: whether the car is there now.
    """

    there: Bools
    begin: Floats
    end: Floats
    arrived: Bools


@dataclass(frozen=True, slots=True)
class Promise:
    """deviations: stays against what was stated, no-shows, faults; survival: P(an unbooked stay lasts longer than k
    quarter hours) by the part of the day in which it began, (6, K); outlast: share of booked visits whose car is
    still there when the slot ends.
    """

    deviations: Deviations
    survival: Floats
    outlast: float

    def free(self, stays: Stays, connector: Ints, start: Floats, now: float) -> Floats:
        """P(connector is free and works at start), for pairs of them, (n,); start and now in epoch seconds."""
        there, begin, end, arrived = stays
        picked = Stays(there[connector], begin[connector], end[connector], arrived[connector])
        when = start[:, None]
        before = picked.there & (np.isnan(picked.end) | (picked.end <= when))
        still = np.where(
            np.isnan(picked.end), self._unbooked(picked, when, now), self._booked(picked, when, now)
        )
        gone = np.where(before, 1 - np.nan_to_num(still), 1.0).prod(axis=1)
        return np.asarray(gone * self._works(start - now))

    def _booked(self, stays: Stays, when: Floats, now: float) -> Floats:
        lasting = np.maximum(stays.end - stays.begin, STEP_S)
        comes = self._longer(when - stays.end, lasting) * (1 - self.deviations.no_show)
        stayed = np.maximum(self._longer(now - stays.end, lasting), _LEAST)
        stays_on = np.minimum(self._longer(when - stays.end, lasting) / stayed, 1.0)
        return np.where(stays.arrived, stays_on, comes)

    def _longer(self, over: Floats, lasting: Floats) -> Floats:
        """P(a visit ends more than `over` seconds after its slot of `lasting` seconds), before it where negative."""
        fitted, fitted_at_end = _fitted(self.deviations, 1 + over / lasting), fitted_outlast(self.deviations)
        later = self.outlast * fitted / fitted_at_end
        earlier = 1 - (1 - self.outlast) * (1 - fitted) / (1 - fitted_at_end)
        return np.where(over >= 0, later, earlier)

    def _unbooked(self, stays: Stays, when: Floats, now: float) -> Floats:
        """By how long the car has been there; `begin` in UTC is near enough for a part of the day."""
        begin = np.where(stays.there, stays.begin, now)
        part = (begin % (24 * HOUR_S) // (24 * HOUR_S / PARTS)).astype(np.int64)
        elapsed, until = ((one - begin) / STEP_S for one in (now, when))
        return np.minimum(
            self._survives(part, until) / np.maximum(self._survives(part, elapsed), _LEAST), 1.0
        )

    def _survives(self, part: Ints, quarters: Floats) -> Floats:
        last = self.survival.shape[1] - 1
        whole = np.clip(quarters, 0, last - 1).astype(np.int64)
        rest = np.clip(quarters - whole, 0.0, 1.0)
        return np.asarray(self.survival[part, whole] * (1 - rest) + self.survival[part, whole + 1] * rest)

    def _works(self, ahead_s: Floats) -> Floats:
        """A charger that works now: failing and being mended are a two-state Markov chain."""
        fails, mends = self.deviations.fault / 24, 1 / self.deviations.fault_hours  # per hour
        settled = fails / (fails + mends)
        return 1 - settled * (1 - np.exp(-(fails + mends) * np.maximum(ahead_s, 0) / HOUR_S))


def outlast_share(outlasted: int, visits: int, deviations: Deviations) -> float:
    """The installation's own share, leaning on the fitted one while it has seen few visits."""
    fitted = fitted_outlast(deviations) * _PRIOR_VISITS
    return (outlasted + fitted) / (visits + _PRIOR_VISITS)


def fitted_outlast(deviations: Deviations) -> float:
    """Share of stays that last longer than stated."""
    return float(_fitted(deviations, np.ones(1))[0])


def _fitted(deviations: Deviations, ratio: Floats) -> Floats:
    """P(real stay over stated stay is larger than `ratio`)."""
    return np.asarray(1 - np.interp(ratio, deviations.ratios, QUANTILES))


def stay_survival(start_min: Floats, stay_min: Floats, *, quarters: int = 193) -> Floats:
    """P(a stay lasts longer than k quarter hours) by part of the day of its start, (6, quarters), never zero."""
    part = (start_min % 1440 // (1440 / PARTS)).astype(np.int64)
    limits = np.arange(quarters) * (STEP_S / 60)
    everywhere = (stay_min[:, None] > limits).sum(axis=0)
    rows = []
    for one in range(PARTS):
        mine = stay_min[part == one]
        counts = (mine[:, None] > limits).sum(axis=0)
        borrowed = everywhere / max(len(stay_min), 1) * _PRIOR_VISITS
        rows.append((counts + borrowed + _LEAST) / (len(mine) + _PRIOR_VISITS + _LEAST))
    return np.stack(rows)
