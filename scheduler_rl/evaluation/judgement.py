"""Is a newly trained network better than the one that answers? Both play the same days of an installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scheduler_rl.evaluation.figures import Played, versus
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.policies.base import Policy
from scheduler_rl.policies.learned import Learned
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.ordered import GREEDY, BidPrice
from scheduler_rl.worlds.city import City

_SEED: Final = 20260401
ACTIVE, CANDIDATE = "active", "candidate"


@dataclass(frozen=True, slots=True)
class Arena:
    """Where is played: a region's validation days, and the shadow prices fitted on its training days."""

    city: City
    shadow: ShadowPrices


def judge(
    active: Network, candidate: Network, arenas: Sequence[Arena], *, days: int, demand: float = 1.0
) -> dict[str, Any]:
    """What both, greedy and the bid price cost over `days` simulated weekdays of all regions together.

    {gain_eur: {mean, ci95} (EUR per request that the candidate saves, 95 % half-width over days), policies:
    {name: EUR per request}, days}. Raises ValueError where no region has a request.
    """
    played: dict[str, list[Played]] = {}
    for number, arena in enumerate(arenas):
        drawn = Days.draw(arena.city, "weekday", demand, days, seed=_SEED + number)
        for name, policy in _policies(active, candidate, arena.shadow).items():
            played.setdefault(name, []).append(Played.of(drawn, simulate(drawn, policy.begin(drawn))))
    together = {name: _day_by_day(its) for name, its in played.items()}
    if not together or not together[CANDIDATE].requests.sum():
        raise ValueError("no request on the validation days")
    return {
        "gain_eur": versus(together[CANDIDATE], together[ACTIVE]),
        "policies": {name: float(its.cost.sum() / its.requests.sum()) for name, its in together.items()},
        "days": days,
    }


def _policies(active: Network, candidate: Network, shadow: ShadowPrices) -> dict[str, Policy]:
    return {
        "greedy": GREEDY,
        "bid_price": BidPrice(shadow),
        ACTIVE: Learned(active, shadow),
        CANDIDATE: Learned(candidate, shadow),
    }


def _day_by_day(regions: Sequence[Played]) -> Played:
    """One Played whose days are those of all regions at once."""
    cost, refusals, requests = (
        np.sum([getattr(one, name) for one in regions], axis=0) for name in ("cost", "refusals", "requests")
    )
    return Played(cost, refusals, requests, {}, 0.0, 0)
