"""Policies that take the first free option in an order of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.occupancy import WIDTH
from scheduler_rl.kernel.order import Order, choose_first, free_ones
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.situation import Chooser, Situation

_LOOK: Final = 64
_RANDOM_SEED: Final = 20200218


@dataclass(frozen=True, slots=True)
class Ordered:
    """Takes the free option with the least `score`: a function of days, EUR or any other unit, shape (O,)."""

    name: str
    score: Callable[[Days], Floats]

    def begin(self, days: Days) -> Chooser:
        return partial(choose_first, Order.by(days.menu, self.score(days)))


@dataclass(frozen=True, slots=True)
class BidPrice:
    """Own cost plus the shadow prices of what is taken; refuses when that is more than the refusal."""

    shadow: ShadowPrices
    name: str = "bid_price"

    def begin(self, days: Days) -> Chooser:
        return partial(choose_first, bid_order(days, self.shadow))


@dataclass(frozen=True, slots=True)
class LeastLoaded:
    """Among the 64 cheapest options the one whose site has the largest share of free connectors meanwhile."""

    name: str = "least_loaded"

    def begin(self, days: Days) -> Chooser:
        order = Order.by(days.menu, days.menu.cost)
        capacity = days.sites.capacity

        def choose(situation: Situation) -> Ints:
            place, free = free_ones(order, situation.request, situation.occupancy, situation.row, look=_LOOK)
            if not free.any():
                return np.full(len(place), -1)
            counts = situation.occupancy.window((situation.row[:, None] + order.place[place]).reshape(-1))
            share = counts[:, 0].reshape(place.shape) / capacity[order.place[place] // WIDTH]
            best = np.argmax(np.where(free, share, -1.0), axis=1)
            rows = np.arange(len(place))
            return np.where(free.any(axis=1), order.option[place[rows, best]], -1)

        return choose


def bid_order(days: Days, shadow: ShadowPrices) -> Order:
    """Options by own cost plus shadow prices, those better than a refusal; walk-ins by own cost."""
    bids = np.where(days.asks[days.menu.request], shadow.bids(days.menu), 0.0)
    score = days.menu.cost + bids
    return Order.by(days.menu, score, score < days.requests.refusal[days.menu.request])


def _at_random(days: Days) -> Floats:
    return np.random.default_rng(_RANDOM_SEED).random(len(days.menu.cost))


RANDOM: Final = Ordered("random", _at_random)
NEAREST: Final = Ordered("nearest", lambda days: days.menu.travel)
CHEAPEST: Final = Ordered("cheapest", lambda days: days.menu.energy)
EARLIEST: Final = Ordered("earliest", lambda days: days.menu.start.astype(np.float64))
GREEDY: Final = Ordered("greedy", lambda days: days.menu.cost)
LEAST_LOADED: Final = LeastLoaded()
