"""From the fitted network onwards by reinforcement: stable-baselines3's DQN, masked and double."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv
from tqdm import tqdm

from scheduler_rl.env.charging_stations import ChargingStationsEnv
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.policies.network import Network
from scheduler_rl.training.config import Config
from scheduler_rl.training.dqn import MaskedDoubleDQN, ScorerPolicy
from scheduler_rl.training.scorer import Scorer, export
from scheduler_rl.training.shaping import Shaped
from scheduler_rl.worlds.city import City, Kind


class _Keep(BaseCallback):
    """Exports the network every `every` steps, and shows how far it is."""

    def __init__(self, every: int, steps: int, facts: dict[str, Any]) -> None:
        super().__init__()
        self._bar = tqdm(total=steps, desc="fine-tune")
        self._every, self._facts = every, facts
        self.networks: dict[str, Network] = {}

    def _on_step(self) -> bool:
        self._bar.update(self.training_env.num_envs)
        if self.num_timesteps % self._every == 0:
            assert isinstance(self.model, MaskedDoubleDQN)
            self.networks[f"dqn-{self.num_timesteps}"] = export(self.model.scorer, self._facts)
        return True

    def close(self) -> None:
        self._bar.close()


def fine_tune(
    scorer: Scorer,
    city: City,
    config: Config,
    base: Callable[[float, Kind], ShadowPrices],
    *,
    seed: int,
    facts: dict[str, Any],
) -> dict[str, Network]:
    """The networks met on the way, by name; none when the configuration has no steps."""
    settings = config.dqn
    if not settings.steps:
        return {}

    def world(demand: float) -> Callable[[], Monitor]:
        shadow = base(demand, "weekday")
        return lambda: Monitor(
            Shaped(ChargingStationsEnv(city, demand=demand, shadow=shadow), gamma=settings.gamma)
        )

    keep = _Keep(settings.check, settings.steps, facts)
    model = MaskedDoubleDQN(
        ScorerPolicy,
        DummyVecEnv([world(demand) for demand in settings.demands]),
        policy_kwargs={"hidden": config.fit.hidden},
        learning_rate=settings.rate,
        gamma=settings.gamma,
        batch_size=settings.batch,
        buffer_size=settings.buffer,
        learning_starts=settings.starts,
        train_freq=settings.every,
        target_update_interval=settings.target,
        seed=seed,
        device="cuda" if torch.cuda.is_available() else "cpu",
    )
    model.temperature = settings.temperature
    model.begin_with(scorer, rate=settings.rate, value_rate=settings.value_rate)
    model.learn(settings.steps, callback=keep, progress_bar=False)
    keep.close()
    return keep.networks
