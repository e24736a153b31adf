"""From what became of each request to the figures of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.simulate import Outcome
from scheduler_rl.worlds.behaviour import CLASSES

NORMAL_95: Final = 1.96


@dataclass(frozen=True, slots=True)
class Played:
    """A policy over days: EUR, refusals and requests per day, (D,), and per class; what `simulate` measured."""

    cost: Floats
    refusals: Floats
    requests: Floats
    per_class: dict[str, float]
    ms_per_decision: float
    decisions: int

    @classmethod
    def of(cls, days: Days, outcome: Outcome) -> Played:
        klass = days.requests.klass
        means = {
            name: float(outcome.cost[klass == index].mean()) if (klass == index).any() else 0.0
            for index, name in enumerate(CLASSES)
        }
        return cls(
            per_day(days, outcome.cost) + outcome.waiting,
            per_day(days, (outcome.option < 0).astype(np.float64)),
            np.diff(days.requests.first).astype(np.float64),
            means,
            outcome.ms_per_decision,
            outcome.decisions,
        )

    @classmethod
    def bound(cls, cost: Floats, requests: Floats) -> Played:
        """The clairvoyant bound: a cost per day and nothing else."""
        return cls(cost, np.zeros(len(cost)), requests, {}, 0.0, 0)


def per_day(days: Days, figures: Floats) -> Floats:
    """Sums per day, (D,), of figures per request, (N,)."""
    return np.bincount(days.requests.day, figures, minlength=len(days)).astype(np.float64)


def empty_network_cost(days: Days) -> Floats:
    """EUR per day if nobody stood in anybody's way, (D,)."""
    return per_day(days, days.empty_costs)


def versus(this: Played, other: Played) -> dict[str, float]:
    """EUR per request of `other` minus `this` over the same days, with the half-width of its 95 % interval.

    A ratio of sums over days, its error by linearisation (Cochran 1977, 2.11).
    """
    difference, requests = other.cost - this.cost, this.requests
    mean = float(difference.sum() / requests.sum())
    residual = difference - mean * requests
    days = len(requests)
    error = float(np.sqrt((residual**2).sum() / max(days - 1, 1) / days) / requests.mean())
    return {"mean": mean, "ci95": NORMAL_95 * error}


def summary(played: dict[str, Played], empty: Floats) -> dict[str, dict[str, Any]]:
    """The figures of every policy, as in the JSON; `played` holds greedy. No gap is known without the bound."""
    bound = played.get("clairvoyant")
    return {
        name: {
            "eur_per_request": _per_request(one),
            "excess": float((one.cost - empty).sum() / one.requests.sum()),
            "gap_closed": _gap_closed(one, played["greedy"], bound) if bound else None,
            "refusals": float(one.refusals.sum() / one.requests.sum()),
            "ms_per_decision": one.ms_per_decision,
            "eur_per_class": one.per_class,
            "versus": {other: versus(one, its) for other, its in played.items() if other != name},
        }
        for name, one in played.items()
    }


def _gap_closed(one: Played, greedy: Played, bound: Played) -> float:
    least, most = _per_request(bound), _per_request(greedy)
    return (most - _per_request(one)) / (most - least) if most > least else 1.0


def _per_request(played: Played) -> float:
    return float(played.cost.sum() / played.requests.sum())


def joined(parts: list[Played]) -> Played:
    """The same policy over the days of several seeds."""
    weights = np.array([part.requests.sum() for part in parts])
    decisions = sum(part.decisions for part in parts)
    return Played(
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.refusals for part in parts]),
        np.concatenate([part.requests for part in parts]),
        {
            name: float(np.average([part.per_class[name] for part in parts], weights=weights))
            for name in parts[0].per_class
        },
        sum(part.ms_per_decision * part.decisions for part in parts) / max(decisions, 1),
        decisions,
    )
