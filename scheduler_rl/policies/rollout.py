"""One-step rollout on the bid-price policy (Bertsekas 1997): try each candidate against sampled futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.order import Order
from scheduler_rl.kernel.rollout import Futures, rollout_costs
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.situation import Chooser, Situation
from scheduler_rl.policies.ordered import bid_order
from scheduler_rl.policies.shortlist import Shortlist, shortlist

_TOO_DEAR = 1e6
_SEED = 7


@dataclass(frozen=True, slots=True)
class Rollout:
    """futures: simulated days of the training split, at the demand of the days to be played; samples: futures
    tried for each choice; slots: how far each is played.
    """

    futures: Days
    shadow: ShadowPrices
    samples: int = 16
    slots: float = 40.0
    name: str = "rollout"

    def begin(self, days: Days) -> Chooser:
        order = bid_order(days, self.shadow)
        ahead = futures_of(self.futures, self.shadow)
        rng = np.random.default_rng(_SEED)

        def choose(situation: Situation) -> Ints:
            short = shortlist(order, situation)
            drawn = rng.integers(len(self.futures), size=(len(situation.lanes), self.samples))
            later = later_costs(days, ahead, order, situation, short, drawn, self.slots).mean(axis=2)
            own = np.where(short.there, order.cost[short.entry], _TOO_DEAR)
            refusal = days.requests.refusal[situation.request][:, None]
            return short.options(order, np.argmin(np.concatenate([own, refusal], axis=1) + later, axis=1))

        return choose


def futures_of(days: Days, shadow: ShadowPrices) -> Futures:
    """Days as futures that the bid-price policy answers."""
    return Futures(days.requests, days.menu, bid_order(days, shadow))


def later_costs(
    days: Days,
    futures: Futures,
    order: Order,
    situation: Situation,
    short: Shortlist,
    drawn: Ints,
    slots: float,
) -> Floats:
    """EUR that later requests cost after each candidate and after a refusal, (n, K + 1, m); drawn: (n, m)."""
    return rollout_costs(
        futures,
        situation.occupancy,
        situation.lanes,
        days.requests.ask[situation.request],
        order.place[short.entry],
        np.where(short.there, order.length[short.entry], 0),
        days=drawn,
        slots=slots,
    )
