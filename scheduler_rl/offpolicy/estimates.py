"""What another ranker would have cost, estimated from logged answers: IPS, SNIPS and doubly robust.

Horvitz and Thompson 1952; Swaminathan and Joachims 2015 (self-normalised); Dudik, Langford and Li 2011 (doubly
robust). Intervals are 95 %, normal approximation over decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats

NORMAL_95: Final = 1.96
_FOLDS: Final = 2
_RIDGE: Final = 1.0


class Estimate(NamedTuple):
    """EUR per request and the half-width of its 95 % interval."""

    mean: float
    ci95: float

    def holds(self, truth: float) -> bool:
        return abs(truth - self.mean) <= self.ci95


@dataclass(frozen=True, slots=True)
class Logged:
    """n answers, each with what was put first by whoever answered and by the ranker to be judged.

    cost: EUR that came of the answer; propensity: probability with which its first candidate was put first; agrees:
    whether the judged ranker puts the same one first; shown, wanted: features of the candidate put first and of the
    one the judged ranker wants there, (n, F).
    """

    cost: Floats
    propensity: Floats
    agrees: Bools
    shown: Floats
    wanted: Floats

    @property
    def weights(self) -> Floats:
        """Importance weights: the judged ranker's probability over the logged one."""
        return self.agrees / self.propensity

    @property
    def effective_size(self) -> float:
        """How many answers the weights are worth (Kish): few mean that nothing can be said."""
        weights = self.weights
        return float(weights.sum() ** 2 / max((weights**2).sum(), 1e-12))

    def __len__(self) -> int:
        return len(self.cost)


def ips(logged: Logged) -> Estimate:
    """Inverse propensity scoring: unbiased, wide."""
    return _mean(logged.weights * logged.cost)


def snips(logged: Logged) -> Estimate:
    """Self-normalised: a ratio of sums, its error by linearisation."""
    weights = logged.weights
    if not weights.sum():
        return Estimate(float("nan"), float("inf"))
    mean = float((weights * logged.cost).sum() / weights.sum())
    return Estimate(mean, _mean(weights * (logged.cost - mean) / weights.mean()).ci95)


def doubly_robust(logged: Logged) -> Estimate:
    """A model's prediction, corrected by the weighted error where both agree: right if model or propensities are."""
    return _mean(_corrected(logged))


def gain(judged: Logged, present: Logged) -> Estimate:
    """EUR per request that the judged ranker saves against the present one, paired over the same answers."""
    return _mean(_corrected(present) - _corrected(judged))


def _corrected(logged: Logged) -> Floats:
    shown, wanted = _predicted(logged)
    return wanted + logged.weights * (logged.cost - shown)


def _predicted(logged: Logged) -> tuple[Floats, Floats]:
    """Ridge regression of cost on the shown candidate's features, each half predicted by the other half."""
    shown, wanted = np.empty(len(logged)), np.empty(len(logged))
    fold = np.arange(len(logged)) % _FOLDS
    for one in range(_FOLDS):
        learn, apply = fold != one, fold == one
        coefficients = _ridge(logged.shown[learn], logged.cost[learn])
        shown[apply] = _with_one(logged.shown[apply]) @ coefficients
        wanted[apply] = _with_one(logged.wanted[apply]) @ coefficients
    return shown, wanted


def _ridge(features: Floats, cost: Floats) -> Floats:
    rows = _with_one(features)
    penalty = _RIDGE * np.eye(rows.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.lstsq(rows.T @ rows + penalty, rows.T @ cost, rcond=None)[0])


def _with_one(features: Floats) -> Floats:
    return np.concatenate([np.ones((len(features), 1)), features], axis=1)


def _mean(values: Floats) -> Estimate:
    if len(values) < 2:
        return Estimate(float("nan"), float("inf"))
    return Estimate(float(values.mean()), NORMAL_95 * float(values.std(ddof=1) / np.sqrt(len(values))))
