"""Observations as one vector, and back."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Singles
from scheduler_rl.policies.features import EUR, ROW, SHARED, Observation
from scheduler_rl.policies.shortlist import CANDIDATES

CHOICES: Final = CANDIDATES + 1
_ROWS: Final = CHOICES * len(ROW)
FLAT_SIZE: Final = _ROWS + len(SHARED) + 2 * CHOICES


class Slices(NamedTuple):
    """Where the parts of the vector are: rows (13 x len(ROW), row by row), shared, valid, base (tens of EUR)."""

    rows: slice = slice(0, _ROWS)
    shared: slice = slice(_ROWS, _ROWS + len(SHARED))
    valid: slice = slice(_ROWS + len(SHARED), _ROWS + len(SHARED) + CHOICES)
    base: slice = slice(_ROWS + len(SHARED) + CHOICES, FLAT_SIZE)


SLICES: Final = Slices()


def flat(seen: Observation) -> Singles:
    """One vector per request, (n, FLAT_SIZE)."""
    count = len(seen.shared)
    base = np.where(seen.valid, seen.base / EUR, 0.0)
    columns = (seen.rows.reshape(count, -1), seen.shared, seen.valid, base)
    return np.concatenate(columns, axis=1).astype(np.float32)


def parts(vectors: Singles) -> Observation:
    """What `flat` put together; vectors: (n, FLAT_SIZE)."""
    rows = vectors[:, SLICES.rows].reshape(len(vectors), CHOICES, len(ROW))
    valid = vectors[:, SLICES.valid] > 0.5
    return Observation(
        rows, vectors[:, SLICES.shared], valid, vectors[:, SLICES.base].astype(np.float64) * EUR
    )
