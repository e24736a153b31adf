"""Logistic regression by Newton's method with a ridge; probabilities as targets are welcome."""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats

_ROUNDS: Final = 15
_HALVINGS: Final = 12
_ENOUGH: Final = 1e-7  # gain of likelihood per row that is worth another round
_LARGEST: Final = 30.0
_RIDGE: Final = 1.0


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -_LARGEST, _LARGEST))))


def logit(chances: Floats) -> Floats:
    kept = np.clip(chances, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)))


def fit_logistic(columns: Floats, target: Floats, *, ridge: float = _RIDGE) -> Floats:
    """Weights, (F + 1,), the first is the constant; columns: (n, F), target: (n,) in 0..1. Even chances of no rows."""
    wide = with_constant(columns)
    weights = np.zeros(wide.shape[1])
    if not len(target):
        return weights
    weights[0] = logit(np.array([target.mean()]))[0]
    penalty = ridge * np.eye(len(weights), dtype=np.float64)
    penalty[0, 0] = 1e-6
    loss = _loss(wide, target, weights, penalty)
    for _ in range(_ROUNDS):
        found = sigmoid(wide @ weights)
        spread = np.maximum(found * (1 - found), 1e-6)
        curvature = (wide * spread[:, None]).T @ wide + penalty
        slope = wide.T @ (target - found) - penalty @ weights
        step = np.asarray(np.linalg.solve(curvature, slope), dtype=np.float64)
        before = loss
        weights, loss = _downhill(wide, target, weights, step, penalty, loss)
        if before - loss < _ENOUGH * len(target):
            break
    return weights


def _downhill(
    wide: Floats, target: Floats, weights: Floats, step: Floats, penalty: Floats, loss: float
) -> tuple[Floats, float]:
    """A Newton step, halved until it does not make things worse."""
    for halving in range(_HALVINGS):
        tried = weights + step / 2**halving
        found = _loss(wide, target, tried, penalty)
        if found <= loss:
            return tried, found
    return weights, loss


def _loss(wide: Floats, target: Floats, weights: Floats, penalty: Floats) -> float:
    """Negative log-likelihood and ridge."""
    logits = wide @ weights
    return float((np.logaddexp(0, logits) - target * logits).sum() + weights @ penalty @ weights / 2)


def predict(weights: Floats, columns: Floats) -> Floats:
    """Chances, (n,)."""
    return sigmoid(with_constant(columns) @ weights)


def with_constant(columns: Floats) -> Floats:
    return np.concatenate([np.ones((len(columns), 1)), columns], axis=1)
