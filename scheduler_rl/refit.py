"""``python -m scheduler_rl.refit``: shadow prices and expected demand of an installation's stations.

Started by the nightly task in a process of its own; needs scipy (HiGHS), no torch. Writes one .npz: prices, (2, S,
144) EUR per slot, and demand, (2, S, 24) sessions per hour; weekdays, then weekend days.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.kernel.shadow import fit_shadow_prices
from scheduler_rl.limits import be_modest
from scheduler_rl.worlds.city import HORIZON_SLOTS, KINDS, Pool
from scheduler_rl.worlds.hamburg import Span
from scheduler_rl.worlds.history import History, regions

BORROWED_DAYS: Final = 3.0  # what a region's usual weighs beside a station's own days
_SEED: Final = 20260402
_HOURS: Final = 24


class Outlook(NamedTuple):
    """prices: (2, S, 144), EUR per slot; demand: (2, S, 24), sessions that begin; as in KINDS."""

    prices: Floats
    demand: Floats


def outlook_of(history: History, *, days: int) -> Outlook:
    """Region by region; `days`: simulated days of each kind whose LP duals are averaged."""
    count = len(history.station)
    prices, demand = np.zeros((2, count, HORIZON_SLOTS)), np.zeros((2, count, _HOURS))
    for region in regions(history, Span()):
        for number, kind in enumerate(KINDS):
            pool = region.city.pools[kind]
            demand[number, region.stations] = expected_demand(pool, len(region.stations))
            if len(pool.site):
                fitted = fit_shadow_prices(region.city, kind, 1.0, days=days, seed=_SEED)
                prices[number, region.stations] = fitted.prices
    return Outlook(prices, demand)


def expected_demand(pool: Pool, stations: int) -> Floats:
    """Sessions to expect in each hour, (stations, 24): a station's own mean, leaning on its region's hours."""
    hour = np.clip(pool.start // 4, 0, _HOURS - 1).astype(np.int64)
    counts = np.bincount(pool.site * _HOURS + hour, minlength=stations * _HOURS).reshape(stations, _HOURS)
    days = max(pool.days, 1)
    usual = counts.sum(axis=0) / max(counts.sum(), 1) * (counts.sum(axis=1, keepdims=True) / days)
    return np.asarray((counts + BORROWED_DAYS * usual) / (days + BORROWED_DAYS))


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    be_modest(options.memory_mb)
    try:
        outlook = outlook_of(History.load(options.history), days=options.days)
    except (OSError, KeyError, RuntimeError, MemoryError) as error:
        sys.stderr.write(f"error: {error or 'out of memory'}\n")
        return 1
    np.savez_compressed(options.out, allow_pickle=False, **outlook._asdict())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.refit", description=__doc__)
    add = parser.add_argument
    add("--history", type=Path, required=True, help="what demand_history() saved")
    add("--days", type=int, default=8, help="simulated days of each kind")
    add("--memory-mb", type=int, default=4000, help="at most so much memory")
    add("--out", type=Path, required=True, help="where the outlook is written")
    return parser


if __name__ == "__main__":
    sys.exit(main())
