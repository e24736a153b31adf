"""Shadow prices: what a connector is worth to others, by site and slot of the day (bid prices, Talluri and van
Ryzin 1998): the mean LP dual of the clairvoyant optimum over simulated days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.kernel.lp import clairvoyant
from scheduler_rl.kernel.menu import Menu, build_menu
from scheduler_rl.kernel.occupancy import LONGEST, WIDTH
from scheduler_rl.worlds.city import HORIZON_SLOTS, City, Kind, Sites
from scheduler_rl.worlds.requests import draw_days


@dataclass(frozen=True, slots=True)
class ShadowPrices:
    """prices: EUR per slot of 15 minutes, shape (S, 144)."""

    prices: Floats

    @classmethod
    def none(cls, sites: Sites) -> ShadowPrices:
        """Nothing is worth anything to others."""
        return cls(np.zeros((len(sites), HORIZON_SLOTS)))

    def bids(self, menu: Menu) -> Floats:
        """What each option takes from others in EUR, shape (O,)."""
        upto = np.concatenate([np.zeros((len(self.prices), 1)), np.cumsum(self.prices, axis=1)], axis=1)
        end = np.minimum(menu.start + menu.length, HORIZON_SLOTS)
        return np.asarray(upto[menu.site, end] - upto[menu.site, menu.start])

    def by_place(self) -> Floats:
        """The price of each place (site x WIDTH + slot) and 24 slots more, flat."""
        wide = np.zeros((len(self.prices), WIDTH))
        wide[:, :HORIZON_SLOTS] = self.prices
        return np.concatenate([wide.reshape(-1), np.zeros(LONGEST)])

    def times(self, factor: float) -> ShadowPrices:
        return ShadowPrices(self.prices * factor)


def fit_shadow_prices(city: City, kind: Kind, demand: float, *, days: int, seed: int) -> ShadowPrices:
    """The mean over `days` simulated days of one kind."""
    requests = draw_days(city, kind, demand, days, seed=seed)
    menu = build_menu(requests, city.sites)
    total = np.zeros((len(city.sites), HORIZON_SLOTS))
    for day in range(days):
        total += clairvoyant(requests, menu, city.sites, day).prices
    return ShadowPrices(total / days)
