"""Prices by hour that follow what a station is worth then: a hint for owners, never applied by itself.

The shadow price lambda is what a connector is worth to those who go without. The hint hands its differences between
hours on: dearer where lambda is above its mean over the demand of the week, cheaper where it is below, so that at
unchanged demand the mean price paid stays what it is (peak-load pricing, Boiteux 1949). Demand answers with constant
elasticity, an assumption that the owner sets; who finds every connector taken is lost (Erlang's loss formula).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Floats

ELASTICITY: Final = -0.4  # assumption: 10 % dearer, 4 % fewer sessions
MOST_CHANGE: Final = 0.3  # of the present price
CENT: Final = 0.01
_NEARLY: Final = 1e-9  # 30 % of 0.50 are 15 cents, though not of floats
_SLOTS_PER_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Market:
    """One station. demand: sessions that begin in each hour at present prices, (2, 24), weekdays, then weekend days;
    worth: shadow price, EUR per connector and hour, (2, 24); present: EUR per kWh, (2, 24); connectors; stay:
    hours; energy: kWh per session.
    """

    demand: Floats
    worth: Floats
    present: Floats
    connectors: int
    stay: float
    energy: float


class Plan(NamedTuple):
    """price: EUR per kWh; sessions: served in each hour; utilisation: share of connector time; revenue: EUR in each
    hour of one such day; all (2, 24).
    """

    price: Floats
    sessions: Floats
    utilisation: Floats
    revenue: Floats

    @property
    def weekly_revenue(self) -> float:
        """EUR in five weekdays and two weekend days."""
        return float((self.revenue.sum(axis=1) * (5, 2)).sum())

    @property
    def weekly_sessions(self) -> float:
        return float((self.sessions.sum(axis=1) * (5, 2)).sum())


def suggested_prices(market: Market) -> Floats:
    """EUR per kWh, (2, 24): the present price and a change in whole cents, of at most 30 %."""
    per_kwh = _over_stay(market.worth, market.stay, ahead=True) / market.energy
    weights = market.demand * np.array([[5.0], [2.0]])
    mean = float((per_kwh * weights).sum() / weights.sum()) if weights.sum() else 0.0
    most = np.floor(market.present * MOST_CHANGE / CENT + _NEARLY)
    change = np.clip(np.rint((per_kwh - mean) / CENT), -most, most)
    return np.asarray(market.present + change * CENT)


def plan(market: Market, price: Floats, *, elasticity: float = ELASTICITY) -> Plan:
    """What to expect of prices, (2, 24): demand times (price / present) to the power of the elasticity."""
    ratio = np.where(market.present > 0, price / np.maximum(market.present, CENT), 1.0)
    wanted = market.demand * np.maximum(ratio, CENT) ** elasticity
    load = _over_stay(wanted, market.stay, ahead=False)
    served = 1 - erlang_loss(load, market.connectors)
    sessions = wanted * served
    return Plan(
        price,
        sessions,
        np.minimum(load * served / market.connectors, 1.0),
        sessions * market.energy * price,
    )


def erlang_loss(load: Floats, connectors: int) -> Floats:
    """Share of arrivals that find all connectors taken (Erlang B), by its recursion; load: erlang, any shape."""
    blocked = np.ones_like(load)
    for number in range(1, connectors + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def hourly_worth(prices: Floats) -> Floats:
    """EUR per connector and hour, (..., 24), of shadow prices per slot, (..., 96 or more)."""
    day = prices[..., : 24 * _SLOTS_PER_HOUR]
    return np.asarray(day.reshape(*day.shape[:-1], 24, _SLOTS_PER_HOUR).sum(axis=-1))


def _over_stay(hourly: Floats, stay: float, *, ahead: bool) -> Floats:
    """Sums over `stay` hours, (2, 24), around the clock: from each hour on (what a visit that begins then takes), or
    up to it (the cars that are there, of those that came).
    """
    total = np.zeros_like(hourly)
    for hours in range(int(np.ceil(stay))):
        total += np.roll(hourly, -hours if ahead else hours, axis=1) * min(stay - hours, 1.0)
    return total
