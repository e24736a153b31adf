"""The network in torch: what policies.network computes in NumPy, with gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from scheduler_rl.policies.features import EUR, ROW, SHARED, VERSION
from scheduler_rl.policies.network import INVALID, Layer, Network


class Scorer(nn.Module):
    """A scores each row beside what all rows share; V values the situation; A begins as zero."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.advantage = _layers(len(ROW) + len(SHARED), hidden)
        self.value = _layers(len(SHARED), hidden)
        for last in (self.advantage[-1], self.value[-1]):
            assert isinstance(last, nn.Linear)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def advantages(self, rows: Tensor, shared: Tensor) -> Tensor:
        """A in tens of EUR, (n, K + 1)."""
        beside = shared[:, None, :].expand(-1, rows.shape[1], -1)
        scored: Tensor = self.advantage(torch.cat([rows, beside], dim=2))
        return scored[..., 0]

    def forward(self, rows: Tensor, shared: Tensor, valid: Tensor, base: Tensor) -> Tensor:
        """Q in tens of EUR, (n, K + 1); INVALID where there is no candidate."""
        q = -base / EUR + self.value(shared) + self.advantages(rows, shared)
        return torch.where(valid, q, torch.full_like(q, INVALID))


def export(scorer: Scorer, facts: dict[str, Any]) -> Network:
    """The same network without torch; `facts` must hold `bid_factor`."""
    return Network(_exported(scorer.advantage), _exported(scorer.value), {**facts, "features": VERSION})


def _layers(inputs: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
    )


def _exported(layers: nn.Sequential) -> tuple[Layer, ...]:
    return tuple(
        Layer(_array(layer.weight), _array(layer.bias)) for layer in layers if isinstance(layer, nn.Linear)
    )


def _array(parameter: Tensor) -> np.ndarray:
    weights: np.ndarray = parameter.detach().cpu().numpy().astype(np.float32)
    return weights
