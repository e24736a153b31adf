"""Booking charging slots as a Gymnasium environment: one request after another for a day."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from scheduler_rl.arrays import Singles
from scheduler_rl.env.observation import FLAT_SIZE, flat
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.disturbances import Disturbances
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.simulate import Play
from scheduler_rl.policies.features import observe
from scheduler_rl.policies.ordered import bid_order
from scheduler_rl.policies.seen import Eyes
from scheduler_rl.policies.shortlist import CANDIDATES, shortlist
from scheduler_rl.worlds.city import City, Kind
from scheduler_rl.worlds.generated import generated_city

_LARGEST_SEED = 2**31


class ChargingStationsEnv(gymnasium.Env[Singles, np.int64]):
    """Requests for charging slots arrive one by one; each is given a slot at a station, or refused.

    ## Action
    `Discrete(13)`: 0 to 11 take that candidate (station x start x connector class, the best first by own cost plus
    shadow price), 12 refuses. An action that `info["action_mask"]` does not mark (no such candidate) counts as the
    refusal.

    ## Observation
    `Box(-100, 100, (FLAT_SIZE,), float32)`: the 13 rows of `features.ROW` (the last is the refusal), then
    `features.SHARED`, then 13 flags "can be chosen", then 13 times own cost plus shadow price. Money in tens of
    EUR, times in parts of a day or of 8 hours, counts as shares. `env.observation.parts` takes it apart.

    ## Reward
    EUR: minus what the chosen option costs its driver (energy, travel, waiting, duration mismatch, or the
    refusal) over the cheapest on an empty network; what walk-ins before the next request cost over theirs, and
    what waiting for occupied or broken connectors costs, is subtracted too. Summed over an episode: the empty
    network's cost minus the day's cost.

    ## Start
    A day drawn from the city at `demand` times its real demand: requests with a place, energy, window, value of
    time and the time of asking; connectors all free. `reset(seed=...)` fixes the days to come.

    ## End
    `terminated` after the last request of the day. Never truncated.

    ## Info
    `action_mask`: int8, (13,); `cost`: EUR of the last action; `day_cost`: EUR of all so far, walk-ins and waiting
    included; `empty_cost`: EUR of the day on an empty network.

    ## Arguments
    city: a `City` (default: a generated one of 20 stations); kind: weekday or weekend; demand: a factor; shadow:
    prices per site and slot in EUR that order the candidates (default: none, so by own cost); disturbances:
    no-shows, early and late departures, faults (default: none).

    ## Version history
    v0: first version.
    """

    def __init__(
        self,
        city: City | None = None,
        *,
        kind: Kind = "weekday",
        demand: float = 2.0,
        shadow: ShadowPrices | None = None,
        disturbances: Disturbances | None = None,
    ) -> None:
        self.city = city or generated_city(20, seed=0)
        self.shadow = shadow or ShadowPrices.none(self.city.sites)
        self.action_space = spaces.Discrete(CANDIDATES + 1)
        self.observation_space = spaces.Box(-100.0, 100.0, (FLAT_SIZE,), np.float32)
        self._kind: Kind = kind
        self._demand, self._disturbances = demand, disturbances

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Singles, dict[str, Any]]:
        """A new day that has at least one request."""
        super().reset(seed=seed)
        asks = 0
        while not asks:
            drawn = int(self.np_random.integers(_LARGEST_SEED))
            self.days = Days.draw(self.city, self._kind, self._demand, 1, seed=drawn)
            asks = int(self.days.asks.sum())
        self._order = bid_order(self.days, self.shadow)
        self._eyes = Eyes(self.days, self._order, self.shadow)
        self._empty = self.days.empty_costs
        self.play = Play(self.days, self._disturbances)
        self._answered, self._balance = 0, 0.0
        self._go_on()
        return self._look(), self._info(0.0)

    def step(self, action: np.int64) -> tuple[Singles, float, bool, bool, dict[str, Any]]:
        """Answer the request, let walk-ins come until the next one."""
        if not self._seen.valid[0, action]:
            action = np.int64(CANDIDATES)
        request = self._situation.request
        self.play.answer(self._situation, self._short.options(self._order, np.array([action])))
        self._answered += 1
        cost = float(self.play.costs()[request][0])
        terminated = not self._go_on()
        before, self._balance = self._balance, self._saved()
        return self._look(), self._balance - before, terminated, False, self._info(cost)

    @property
    def now(self) -> float:
        """When the present request asks, slots from midnight."""
        return float(self.days.requests.ask[self._situation.request[0]])

    def _go_on(self) -> bool:
        """Come to the next request that asks; False when the day is over."""
        while self._answered < len(self.days.requests):
            self._situation = self.play.situation(self._answered)
            if self.play.asks(self._situation).all():
                return True
            self.play.walk_in(self._situation)
            self._answered += 1
        self.play.finish()
        return False

    def _saved(self) -> float:
        """EUR of the empty network's cost minus the real one's, over the requests answered so far."""
        return float((self._empty - self.play.costs())[: self._answered].sum() - self.play.waiting.sum())

    def _look(self) -> Singles:
        """The present request; after the last one, that one again with the refusal alone."""
        self._short = shortlist(self._order, self._situation)
        if self._answered == len(self.days.requests):
            self._short = self._short.none()
        candidates = self._eyes.candidates(self._situation, self._short)
        self._seen = observe(self._eyes.request(self._situation), candidates)
        vector: Singles = flat(self._seen)[0]
        return vector

    def _info(self, cost: float) -> dict[str, Any]:
        empty = float(self._empty.sum())
        return {
            "action_mask": self._seen.valid[0].astype(np.int8),
            "cost": cost,
            "day_cost": float(self._empty[: self._answered].sum()) - self._saved(),
            "empty_cost": empty,
        }
