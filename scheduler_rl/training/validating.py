"""How much of the gap a network closes on validation days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.lp import clairvoyant
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.policies.learned import Learned
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.ordered import GREEDY
from scheduler_rl.training.config import Validation
from scheduler_rl.worlds.city import City, Kind


@dataclass(frozen=True, slots=True)
class _Level:
    """Days of one demand with what greedy and the clairvoyant pay, EUR in all."""

    days: Days
    shadow: ShadowPrices
    greedy: float
    bound: float


class Validator:
    """The same weekdays for every network; bounds: what `clairvoyant_costs` says of them."""

    def __init__(
        self,
        city: City,
        settings: Validation,
        shadow: Callable[[float, Kind], ShadowPrices],
        bounds: Sequence[float],
    ) -> None:
        self._levels = []
        for demand, bound in zip(settings.demands, bounds, strict=True):
            days = _days(city, settings, demand)
            greedy = float(simulate(days, GREEDY.begin(days)).cost.sum())
            self._levels.append(_Level(days, shadow(demand, "weekday"), greedy, bound))

    def gap_closed(self, network: Network) -> float:
        """Mean over the demands; greedy 0, clairvoyant 1."""
        return float(np.mean([self._at(level, network) for level in self._levels]))

    def _at(self, level: _Level, network: Network) -> float:
        policy = Learned(network, level.shadow)
        cost = float(simulate(level.days, policy.begin(level.days)).cost.sum())
        return (level.greedy - cost) / (level.greedy - level.bound)


def clairvoyant_costs(city: City, settings: Validation) -> list[float]:
    """EUR of the validation days to somebody who knows them, one figure per demand."""
    return [_bound(_days(city, settings, demand)) for demand in settings.demands]


def _bound(days: Days) -> float:
    return sum(clairvoyant(days.requests, days.menu, days.sites, day).cost for day in range(len(days)))


def _days(city: City, settings: Validation, demand: float) -> Days:
    return Days.draw(city, "weekday", demand, settings.days, seed=settings.seed)
