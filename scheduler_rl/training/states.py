"""States and what each choice in them costs: the data the network is fitted to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints, Singles
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.kernel.situation import Situation
from scheduler_rl.policies.features import Observation, observe
from scheduler_rl.policies.ordered import bid_order
from scheduler_rl.policies.rollout import futures_of, later_costs
from scheduler_rl.policies.seen import Eyes
from scheduler_rl.policies.shortlist import Shortlist, shortlist
from scheduler_rl.training.config import Rollouts


class States(NamedTuple):
    """n states: rows, shared, valid, base as in Observation; cost: EUR of each choice and of all who come later
    under the base policy, (n, K + 1).
    """

    rows: Singles
    shared: Singles
    valid: Bools
    base: Floats
    cost: Floats

    @classmethod
    def joined(cls, parts: Iterable[States]) -> States:
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class Collector:
    """Walks days by a softmax over the base policy's scores and rolls out some of the states it meets."""

    def __init__(
        self, days: Days, library: Days, base: ShadowPrices, share: float, rollouts: Rollouts, *, seed: int
    ) -> None:
        self._days, self._library, self._share, self._rollouts = days, library, share, rollouts
        self._order = bid_order(days, base)
        self._eyes = Eyes(days, self._order, base)
        self._futures = futures_of(library, base)
        self._rng = np.random.default_rng(seed)
        self._parts: list[States] = []

    def collect(self) -> States:
        """All states of the days."""
        simulate(self._days, self._choose)
        return States.joined(self._parts)

    def _choose(self, situation: Situation) -> Ints:
        short = shortlist(self._order, situation)
        seen = observe(self._eyes.request(situation), self._eyes.candidates(situation, short))
        noise = self._rng.gumbel(size=seen.base.shape)
        score = np.where(seen.valid, noise - seen.base / self._rollouts.temperature, -np.inf)
        kept = (self._rng.random(len(score)) < self._share) & (seen.valid.sum(axis=1) > 1)
        if kept.any():
            self._parts.append(self._rolled_out(situation, short, seen, kept))
        return short.options(self._order, np.argmax(score, axis=1))

    def _rolled_out(self, situation: Situation, short: Shortlist, seen: Observation, kept: Bools) -> States:
        few, those = Shortlist(short.entry[kept], short.there[kept]), situation.only(kept)
        drawn = self._rng.integers(len(self._library), size=(int(kept.sum()), self._rollouts.samples))
        later = later_costs(self._days, self._futures, self._order, those, few, drawn, self._rollouts.slots)
        refusal = self._days.requests.refusal[those.request][:, None]
        own = np.concatenate([self._order.cost[few.entry], refusal], axis=1)
        return States(
            seen.rows[kept], seen.shared[kept], seen.valid[kept], seen.base[kept], own + later.mean(axis=2)
        )
