"""Fine-tuning as masked double DQN with stable-baselines3: what its own DQN lacks, overridden."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3 import DQN
from stable_baselines3.dqn.policies import DQNPolicy, QNetwork
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from scheduler_rl.arrays import Ints
from scheduler_rl.env.observation import CHOICES, SLICES
from scheduler_rl.policies.features import EUR, ROW
from scheduler_rl.training.scorer import Scorer


class ScorerNetwork(QNetwork):
    """The shared candidate scorer in place of one dense network; invalid choices have Q = -1e6."""

    def __init__(self, *args: Any, hidden: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.q_net = Scorer(hidden)  # type: ignore[assignment]

    def forward(self, obs: Any) -> Tensor:
        rows = obs[:, SLICES.rows].reshape(-1, CHOICES, len(ROW))
        q: Tensor = self.q_net(
            rows, obs[:, SLICES.shared], obs[:, SLICES.valid] > 0.5, obs[:, SLICES.base] * EUR
        )
        return q


class ScorerPolicy(DQNPolicy):
    """DQN's policy with that network."""

    def __init__(self, *args: Any, hidden: int = 64, **kwargs: Any) -> None:
        self._hidden = hidden
        super().__init__(*args, **kwargs)

    def make_q_net(self) -> ScorerNetwork:
        arguments = self._update_features_extractor(self.net_args, features_extractor=None)
        network: ScorerNetwork = ScorerNetwork(**arguments, hidden=self._hidden).to(self.device)
        return network


class MaskedDoubleDQN(DQN):
    """Explores by a softmax over Q (uniform exploration wrecks a good start), learns with a double target."""

    temperature: float = 0.03  # tens of EUR

    @property
    def scorer(self) -> Scorer:
        """The network being trained."""
        return cast(Scorer, self.q_net.q_net)

    def begin_with(self, scorer: Scorer, *, rate: float, value_rate: float) -> None:
        """Take over the weights of a network, and learn its A and V at rates of their own."""
        for network in (self.q_net, self.q_net_target):
            network.q_net.load_state_dict(scorer.state_dict())
        groups = [
            {"params": self.scorer.advantage.parameters(), "lr": rate},
            {"params": self.scorer.value.parameters(), "lr": value_rate},
        ]
        self.policy.optimizer = torch.optim.Adam(groups)

    def _sample_action(
        self, learning_starts: int, action_noise: Any = None, n_envs: int = 1
    ) -> tuple[Ints, Ints]:
        assert self._last_obs is not None and isinstance(self.action_space, spaces.Discrete)
        observation, _ = self.policy.obs_to_tensor(self._last_obs)
        with torch.no_grad():
            q = self.q_net(observation).cpu().numpy()
        noise = np.random.default_rng([self.seed or 0, self.num_timesteps]).gumbel(size=q.shape)
        action = np.argmax(q / self.temperature + noise, axis=1)
        return action, action

    def train(self, gradient_steps: int, batch_size: int = 100) -> None:
        self.policy.set_training_mode(True)
        assert self.replay_buffer is not None
        for _ in range(gradient_steps):
            batch = self.replay_buffer.sample(batch_size, env=self._vec_normalize_env)
            with torch.no_grad():
                best = self.q_net(batch.next_observations).argmax(dim=1, keepdim=True)
                later = self.q_net_target(batch.next_observations).gather(1, best)
                target = batch.rewards + (1 - batch.dones) * self.gamma * later
            found = self.q_net(batch.observations).gather(1, batch.actions.long())
            loss = smooth_l1_loss(found, target)
            self.policy.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.max_grad_norm)
            self.policy.optimizer.step()
        self._n_updates += gradient_steps
