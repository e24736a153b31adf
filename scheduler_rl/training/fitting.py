"""Fitting the network to rollouts: regression of Q, of which only differences between choices count."""

from __future__ import annotations

import torch
from torch import Tensor
from tqdm import tqdm

from scheduler_rl.policies.features import EUR
from scheduler_rl.training.config import Fit
from scheduler_rl.training.scorer import Scorer
from scheduler_rl.training.states import States

_FAR_CHOICES = 0.03  # the least weight of a choice


def fit(states: States, settings: Fit, *, seed: int) -> Scorer:
    """A network whose advantages follow the rollouts' costs."""
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    scorer = Scorer(settings.hidden).to(device)
    rows, shared, weight, target = (one.to(device) for one in _tensors(states, settings.focus))
    steps = settings.epochs * -(-len(rows) // settings.batch)
    optimiser = torch.optim.AdamW(
        scorer.advantage.parameters(), lr=settings.rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=steps)
    with tqdm(total=steps, desc="fit") as bar:
        for _ in range(settings.epochs):
            for batch in torch.randperm(len(rows), device=device).split(settings.batch):
                found = _centred(scorer.advantages(rows[batch], shared[batch]), weight[batch])
                loss = (weight[batch] * (found - target[batch]) ** 2).sum(dim=1).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                bar.update()
    fitted: Scorer = scorer.cpu()
    return fitted


def _tensors(states: States, focus: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """rows, shared, weights (sum 1 over choices) and what A should be but for a constant per state."""
    rows, shared = torch.from_numpy(states.rows), torch.from_numpy(states.shared)
    valid = torch.from_numpy(states.valid)
    base, cost = torch.from_numpy(states.base).float(), torch.from_numpy(states.cost).float()
    least = torch.where(valid, base, torch.inf).min(dim=1, keepdim=True).values
    weight = valid * (torch.exp((least - base).clamp(max=0) / focus) + _FAR_CHOICES)
    weight = weight / weight.sum(dim=1, keepdim=True)
    return rows, shared, weight, _centred((base - cost) / EUR, weight)


def _centred(figures: Tensor, weight: Tensor) -> Tensor:
    return figures - (figures * weight).sum(dim=1, keepdim=True)
