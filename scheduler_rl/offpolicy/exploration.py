"""Who stands first, when there is chance in it: among near-equal candidates only, with known probabilities."""

from __future__ import annotations

from random import Random

import numpy as np

from scheduler_rl.arrays import Floats


def propensities(totals: Floats, *, exploration: float, near_equal_eur: float) -> Floats:
    """Probability of each candidate to be put first, (K,); totals: EUR, lower is better, the first least one leads.

    With probability `exploration` the first place is drawn evenly among those that cost at most `near_equal_eur`
    more than the best (epsilon-greedy); nobody else ever comes first. Raises ValueError without candidates.
    """
    if not len(totals):
        raise ValueError("no candidates")
    near = totals <= totals.min() + near_equal_eur
    chances = np.where(near, exploration / near.sum(), 0.0)
    chances[int(np.argmin(totals))] += 1 - exploration
    return chances


def draw(chances: Floats, rng: Random) -> int:
    """A position, each with its probability."""
    return rng.choices(range(len(chances)), chances.tolist())[0]
