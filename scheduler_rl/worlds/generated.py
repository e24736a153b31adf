"""Generated cities of any size: for tests, and to see whether what was learned holds elsewhere."""

from __future__ import annotations

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.worlds.city import DAY_SLOTS, KINDS, City, Kind, Pool, Sites

SITES_PER_KM2 = 5.0
SESSIONS_PER_CONNECTOR = 1.9  # a weekday in the middle of Hamburg
HOURS = {"weekday": ((8.5, 2.0, 0.35), (13.0, 2.5, 0.3), (18.0, 2.2, 0.35)), "weekend": ((13.5, 3.5, 1.0),)}
DAYS_OF_SESSIONS = 20


def generated_city(stations: int, *, seed: int, draw: int = 0, hours_shift: float = 0.0) -> City:
    """A city of `stations` sites with 2 to 6 connectors, one in five DC, clustered around a few centres.

    seed makes the stations and how sought they are; draw the sessions and price days, one draw per split.
    hours_shift moves the peaks of demand, in hours, so that a city can differ from another.
    """
    rng = np.random.default_rng([seed, stations])
    side = 1000 * np.sqrt(stations / SITES_PER_KM2)
    centres = rng.uniform(0.2, 0.8, (max(1, stations // 40), 2)) * side
    xy = np.where(
        rng.random((stations, 1)) < 0.6,
        centres[rng.integers(len(centres), size=stations)] + rng.normal(0, side / 8, (stations, 2)),
        rng.uniform(0, side, (stations, 2)),
    )
    sites = Sites(
        ids=np.arange(1, stations + 1),
        xy=xy,
        capacity=rng.choice([2, 2, 2, 3, 4, 6], stations).astype(np.int64),
        dc=rng.random(stations) < 0.2,
    )
    sought = rng.gamma(2.0, 1.0, stations) * sites.capacity
    rng = np.random.default_rng([seed, stations, draw])
    pools = {kind: _pool(rng, sites, sought / sought.sum(), kind, hours_shift) for kind in KINDS}
    return City(f"generated-{stations}", sites, pools, _prices(rng))


def _pool(rng: np.random.Generator, sites: Sites, shares: Floats, kind: Kind, shift: float) -> Pool:
    factor = 1.0 if kind == "weekday" else 0.65
    size = round(SESSIONS_PER_CONNECTOR * int(sites.capacity.sum()) * factor * DAYS_OF_SESSIONS)
    peaks = np.array(HOURS[kind])
    which: Ints = rng.choice(len(peaks), size, p=peaks[:, 2] / peaks[:, 2].sum())
    hours = (rng.normal(peaks[which, 0], peaks[which, 1]) + shift) % 24
    return Pool(
        site=rng.choice(len(sites), size, p=shares),
        start=hours * 4,
        stay=np.clip(rng.lognormal(np.log(150), 0.8, size), 10, 1200),
        days=DAYS_OF_SESSIONS,
    )


def _prices(rng: np.random.Generator, days: int = 30) -> Floats:
    hour = np.arange(DAY_SLOTS) / 4
    shape = 0.02 * np.cos((hour - 8) / 12 * 2 * np.pi) - 0.05 * np.exp(-(((hour - 13.5) / 3) ** 2))
    level = rng.normal(0.09, 0.025, (days, 1))
    return np.asarray(
        level + shape * rng.lognormal(0, 0.3, (days, 1)) + rng.normal(0, 0.006, (days, DAY_SLOTS))
    )
