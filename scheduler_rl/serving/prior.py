"""What is expected of a station before its installation has a history: the usual hours of Hamburg.

Fitted by ``python -m scheduler_rl.prior``; the file names its source.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.worlds.city import DAY_SLOTS, KINDS

FITTED: Final = Path(__file__).with_name("prior.toml")


@dataclass(frozen=True, slots=True)
class Prior:
    """Weekdays, then weekend days. prices: what a connector is worth to others, EUR per slot of 15 minutes, (2, 96);
    demand: sessions that begin per connector and hour, (2, 24).
    """

    prices: Floats
    demand: Floats


@cache
def read_prior(path: Path = FITTED) -> Prior:
    """The fitted figures. Raises OSError, and KeyError when some are missing."""
    kinds = [tomllib.loads(path.read_text())[kind] for kind in KINDS]
    prices = np.repeat([kind["eur_per_slot"] for kind in kinds], DAY_SLOTS // 24, axis=1)
    return Prior(prices, np.array([kind["sessions_per_connector"] for kind in kinds]))
