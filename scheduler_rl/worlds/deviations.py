"""How real stays differ from stated ones: fitted to ACN-Data, kept as a small file that names its source."""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats

FITTED: Final = Path(__file__).with_name("deviations.toml")
QUANTILES: Final = tuple(round(0.05 * step, 2) for step in range(21))
_STATED_H: Final = (0.5, 12.0)


@dataclass(frozen=True, slots=True)
class Deviations:
    """ratios: quantiles 0, .05 .. 1 of real stay over stated stay; no_show, fault: chances (assumptions).

    fault: that a connector fails on a day, fault_hours: for how long on average.
    """

    ratios: tuple[float, ...]
    no_show: float
    fault: float
    fault_hours: float

    def draw_ratios(self, rng: np.random.Generator, size: int) -> Floats:
        """Real over stated stay, by interpolation between the quantiles."""
        return np.interp(rng.random(size), QUANTILES, self.ratios)


def read_deviations(path: Path = FITTED) -> Deviations:
    """The fitted parameters. Raises OSError, and KeyError when one is missing."""
    values = tomllib.loads(path.read_text())
    return Deviations(
        tuple(values["stay"]["ratio_quantiles"]),
        values["no_show"]["chance"],
        values["fault"]["chance_per_connector_day"],
        values["fault"]["mean_hours"],
    )


def fit_ratios(paths: Sequence[Path]) -> tuple[tuple[float, ...], int]:
    """Quantiles of real over stated stay, and from how many sessions, in ACN-Data's CSV files (.csv.gz).

    Only sessions whose driver stated a departure, half an hour to twelve hours after arrival.
    """
    ratios = np.array([ratio for path in paths for ratio in _ratios(path)])
    return tuple(round(float(one), 3) for one in np.quantile(ratios, QUANTILES)), len(ratios)


def _ratios(path: Path) -> Iterator[float]:
    hour = timedelta(hours=1)
    with gzip.open(path, "rt", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["claimed"] != "True":
                continue
            arrival = datetime.fromisoformat(row["arrival"])
            stated = (datetime.fromisoformat(row["estimated_departure"]) - arrival) / hour
            if _STATED_H[0] <= stated <= _STATED_H[1]:
                yield (datetime.fromisoformat(row["departure"]) - arrival) / hour / stated
