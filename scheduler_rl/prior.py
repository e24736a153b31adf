"""``python -m scheduler_rl.prior``: the usual hours of a city, for installations that have no history yet.

Needs scipy (HiGHS). Prints serving/prior.toml: shadow prices per slot and sessions per connector, means over all
connectors of the 20 central sites at their real demand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.evaluation.world import Files, cities_of
from scheduler_rl.kernel.shadow import fit_shadow_prices
from scheduler_rl.worlds.city import DAY_SLOTS, KINDS, City, Kind
from scheduler_rl.worlds.hamburg import Span

SOURCE: Final = (
    "Hamburg, 20 central sites and their sessions until {}: dl-de/by-2-0, BVM and Stromnetz Hamburg"
)
_DAYS: Final = 60
_SEED: Final = 500


def fit_prior(city: City, kind: Kind) -> tuple[Floats, Floats]:
    """Prices, (24,) EUR per slot, and demand, (24,) sessions per connector, means over all connectors."""
    capacity, pool = city.sites.capacity, city.pools[kind]
    fitted = fit_shadow_prices(city, kind, 1.0, days=_DAYS, seed=_SEED).prices[:, :DAY_SLOTS]
    prices = (fitted * capacity[:, None]).sum(axis=0) / capacity.sum()
    hours = np.bincount((pool.start // 4).astype(np.int64), minlength=24)
    return prices.reshape(24, -1).mean(axis=1), hours / max(pool.days, 1) / capacity.sum()


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, and write TOML to standard output."""
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.prior", description=__doc__)
    parser.add_argument("--sites", type=Path, required=True)
    parser.add_argument("--sessions", type=Path, nargs="+", required=True)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--fit-until", type=date.fromisoformat, required=True)
    options = parser.parse_args(arguments)
    files = Files(options.sites, options.sessions, options.prices)
    until = options.fit_until
    city = cities_of(files, fit_until=until, spans={"train": Span(None, until)})["train"]
    sys.stdout.write("\n".join(_toml(city, until)) + "\n")
    return 0


def _toml(city: City, until: date) -> Iterator[str]:
    yield f'source = "{SOURCE.format(until)}"'
    for kind in KINDS:
        prices, demand = fit_prior(city, kind)
        yield f"\n[{kind}] # hours 0 to 23"
        for name, figures in (("eur_per_slot", prices), ("sessions_per_connector", demand)):
            yield f"{name} = [{', '.join(f'{one:.4f}' for one in figures)}]"


if __name__ == "__main__":
    sys.exit(main())
