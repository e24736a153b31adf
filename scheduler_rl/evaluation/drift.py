"""Has demand moved away from what was learned? The population stability index of two distributions.

PSI = sum((p - q) ln(p / q)), the symmetrised Kullback-Leibler divergence; below 0.1 is usually called stable, from
0.25 on a shift (Siddiqi 2006).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats

STABLE: Final = 0.1
SHIFTED: Final = 0.25
_SMOOTH: Final = 0.5  # counts added to each bin, so that empty ones can be compared


def psi(now: Floats, then: Floats) -> Floats:
    """Of counts over the last axis, (..., bins); shape (...). Few counts are noise: look at `noise`, too."""
    p, q = (_shares(counts) for counts in (now, then))
    return np.asarray(((p - q) * np.log(p / q)).sum(axis=-1))


def noise(now: Floats, then: Floats) -> Floats:
    """What PSI is expected to be if nothing had changed: (bins - 1)(1/N + 1/M), by the chi-square approximation."""
    bins = now.shape[-1]
    sizes = [np.maximum(counts.sum(axis=-1), 1.0) for counts in (now, then)]
    return np.asarray((bins - 1) * (1 / sizes[0] + 1 / sizes[1]))


def word_for(shift: float, by_chance: float = 0.0) -> str:
    """What a PSI says once chance is taken off: stable, moved, shifted."""
    beyond = shift - by_chance
    return "stable" if beyond < STABLE else "moved" if beyond < SHIFTED else "shifted"


def _shares(counts: Floats) -> Floats:
    smooth = np.asarray(counts, dtype=np.float64) + _SMOOTH
    return np.asarray(smooth / smooth.sum(axis=-1, keepdims=True))
