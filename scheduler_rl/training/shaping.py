"""The reward a network learns from: tens of EUR, shaped by the shadow prices of what is still occupied.

Potential-based shaping (Ng, Harada, Russell 1999) leaves the best policy as it is, and tells at once what a choice
takes from others, so that gamma 0.95 is enough.
"""

from __future__ import annotations

from typing import Any, SupportsFloat

import gymnasium
import numpy as np

from scheduler_rl.arrays import Singles
from scheduler_rl.env.charging_stations import ChargingStationsEnv
from scheduler_rl.policies.features import EUR
from scheduler_rl.worlds.city import HORIZON_SLOTS


class Shaped(gymnasium.Wrapper[Singles, np.int64, Singles, np.int64]):
    """reward = (EUR + gamma x potential after - potential before) / 10; potential: minus the prices occupied."""

    def __init__(self, env: ChargingStationsEnv, *, gamma: float) -> None:
        super().__init__(env)
        self._stations, self._gamma, self._potential = env, gamma, 0.0

    def reset(self, **arguments: Any) -> tuple[Singles, dict[str, Any]]:
        start = super().reset(**arguments)
        self._potential = self._now()
        return start

    def step(self, action: np.int64) -> tuple[Singles, SupportsFloat, bool, bool, dict[str, Any]]:
        seen, reward, terminated, truncated, info = super().step(action)
        before, self._potential = self._potential, 0.0 if terminated else self._now()
        shaped = (float(reward) + self._gamma * self._potential - before) / EUR
        return seen, shaped, terminated, truncated, info

    def _now(self) -> float:
        stations = self._stations
        free = stations.play.occupancy.free(np.array([0]))[0, :, :HORIZON_SLOTS]
        occupied = stations.city.sites.capacity[:, None] - free
        now = max(0, int(np.ceil(stations.now)))
        return -float((occupied * stations.shadow.prices)[:, now:].sum())
