"""Playing all policies over the same days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from tqdm import tqdm

from scheduler_rl.arrays import Floats
from scheduler_rl.evaluation.figures import Played, empty_network_cost, joined
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.disturbances import Disturbances
from scheduler_rl.kernel.lp import clairvoyant
from scheduler_rl.kernel.shadow import ShadowPrices, fit_shadow_prices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.policies.base import Policy
from scheduler_rl.policies.learned import Learned
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.ordered import CHEAPEST, EARLIEST, GREEDY, LEAST_LOADED, NEAREST, RANDOM, BidPrice
from scheduler_rl.policies.rollout import Rollout
from scheduler_rl.worlds.city import City, Kind

SHADOW_SEED: Final = 20200218
FUTURES: Final = 200
BOUND: Final = "clairvoyant"
PLAIN: Final[dict[str, Policy]] = {
    one.name: one for one in (RANDOM, NEAREST, CHEAPEST, EARLIEST, LEAST_LOADED, GREEDY)
}
NAMES: Final = (*PLAIN, "bid_price", "rollout", "dqn", BOUND)


@dataclass(frozen=True, slots=True)
class Contest:
    """Who plays, where, and on how many days.

    shadow_days: simulated training days whose LP duals are averaged.
    bounded: also the clairvoyant bound, an LP a day.
    networks: the first is `dqn`, each further one (another training seed) `dqn#2`, `dqn#3` and so on.
    """

    fit: City
    test: City
    kind: Kind
    days: int
    seeds: Sequence[int]
    policies: Sequence[str]
    networks: Sequence[Network] = ()
    disturbances: Disturbances | None = None
    shadow_days: int = 60
    bounded: bool = True
    bar: Callable[[str], None] = field(default=lambda _: None)

    def at(self, demand: float) -> tuple[dict[str, Played], Floats]:
        """Every policy over all days at one demand, and the cost per day of an empty network."""
        shadow = fit_shadow_prices(self.fit, self.kind, demand, days=self.shadow_days, seed=SHADOW_SEED)
        policies = self._policies(demand, shadow)
        parts: dict[str, list[Played]] = {}
        empty = []
        for seed in self.seeds:
            days = Days.draw(self.test, self.kind, demand, self.days, seed=seed)
            empty.append(empty_network_cost(days))
            for policy in policies:
                self.bar(f"x{demand:g} seed {seed} {policy.name}")
                outcome = simulate(days, policy.begin(days), self.disturbances)
                parts.setdefault(policy.name, []).append(Played.of(days, outcome))
            if self.bounded:
                self.bar(f"x{demand:g} seed {seed} {BOUND}")
                parts.setdefault(BOUND, []).append(_bound(days))
        return {name: joined(its) for name, its in parts.items()}, np.concatenate(empty)

    def _policies(self, demand: float, shadow: ShadowPrices) -> list[Policy]:
        wanted = [PLAIN[name] for name in self.policies if name in PLAIN]
        if GREEDY not in wanted:
            wanted.append(GREEDY)
        if "bid_price" in self.policies:
            wanted.append(BidPrice(shadow))
        if "rollout" in self.policies:
            futures = Days.draw(self.fit, self.kind, demand, FUTURES, seed=SHADOW_SEED + 1)
            wanted.append(Rollout(futures, shadow))
        if "dqn" in self.policies:
            for number, network in enumerate(self.networks, start=1):
                wanted.append(Learned(network, shadow, "dqn" if number == 1 else f"dqn#{number}"))
        return wanted


def _bound(days: Days) -> Played:
    cost = [
        clairvoyant(days.requests, days.menu, days.sites, day).cost
        for day in tqdm(range(len(days)), desc=BOUND, leave=False)
    ]
    return Played.bound(np.array(cost), np.diff(days.requests.first).astype(np.float64))
