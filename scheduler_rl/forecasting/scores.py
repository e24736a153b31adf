"""How good chances are: Brier score, area under the curve, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np

from scheduler_rl.arrays import Floats


def brier(chance: Floats, came_true: Floats) -> float:
    """Mean squared error of chances, lower is better (Brier 1950)."""
    return float(np.mean((chance - came_true) ** 2))


def auc(chance: Floats, came_true: Floats) -> float | None:
    """P(a case that came true was given the higher chance), ties count half (Mann and Whitney 1947).

    None where all cases came true, or none.
    """
    yes = came_true > 0.5
    if yes.all() or not yes.any():
        return None
    _, inverse, counts = np.unique(chance, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(yes.sum())
    return float((rank[yes].sum() - positives * (positives + 1) / 2) / (positives * (len(yes) - positives)))


def reliability(chance: Floats, came_true: Floats, *, bins: int = 10) -> list[dict[str, Any]]:
    """Mean chance against how often it came true, in equal bins of chance; empty bins are left out."""
    which = np.minimum((chance * bins).astype(np.int64), bins - 1)
    return [
        {
            "forecast": float(chance[which == one].mean()),
            "observed": float(came_true[which == one].mean()),
            "count": int((which == one).sum()),
        }
        for one in range(bins)
        if (which == one).any()
    ]
