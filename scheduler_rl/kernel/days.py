"""Simulated days ready to be played."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Bools, Floats
from scheduler_rl.kernel.menu import Menu, build_menu
from scheduler_rl.worlds.behaviour import WALK_IN
from scheduler_rl.worlds.city import City, Kind, Sites
from scheduler_rl.worlds.requests import Requests, draw_days


@dataclass(frozen=True, slots=True)
class Days:
    """Requests of many days of one kind and demand, and all that could be offered to them."""

    sites: Sites
    kind: Kind
    demand: float
    requests: Requests
    menu: Menu

    @classmethod
    def draw(cls, city: City, kind: Kind, demand: float, days: int, *, seed: int) -> Days:
        """Days of `city`; the same seed, the same days."""
        requests = draw_days(city, kind, demand, days, seed=seed)
        return cls(city.sites, kind, demand, requests, build_menu(requests, city.sites))

    @property
    def asks(self) -> Bools:
        """Which requests are asked of the policy: all but the walk-ins, shape (N,)."""
        return np.asarray(self.requests.klass != WALK_IN)

    @property
    def empty_costs(self) -> Floats:
        """EUR per request if nobody stood in anybody's way, (N,)."""
        return np.where(np.isnan(self.menu.best), self.requests.refusal, self.menu.best)

    def __len__(self) -> int:
        return self.requests.days
