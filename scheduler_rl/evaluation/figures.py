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
NO_GAP: Final = 1e-4  # EUR per request between greedy and the bound, below which there is nothing to close


@dataclass(frozen=True, slots=True)
class Played:
    """A policy over days: EUR, refusals and requests per day, (D,); EUR per class that came; what `simulate` saw."""

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
            name: float(outcome.cost[klass == index].mean())
            for index, name in enumerate(CLASSES)
            if (klass == index).any()
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
    """The figures of every policy, as in the JSON; `played` holds greedy. No gap is known without the bound.

    Raises ValueError when nobody asked for anything.
    """
    if not played["greedy"].requests.sum():
        raise ValueError("no request on the simulated days: more --days, or more --demand")
    return {
        name: {
            "eur_per_request": _per_request(one),
            "excess": float((one.cost - empty).sum() / one.requests.sum()),
            "gap_closed": _gap_closed(name, played) if "clairvoyant" in played else None,
            "refusals": float(one.refusals.sum() / one.requests.sum()),
            "ms_per_decision": one.ms_per_decision,
            "eur_per_class": one.per_class,
            "versus": {other: versus(one, its) for other, its in played.items() if other != name},
        }
        for name, one in played.items()
    }


def _gap_closed(name: str, played: dict[str, Played]) -> float | None:
    """Greedy 0, clairvoyant 1; None of all others where greedy is as good as the bound."""
    least, most, its = (_per_request(played[one]) for one in ("clairvoyant", "greedy", name))
    if most - least < NO_GAP:
        return {"greedy": 0.0, "clairvoyant": 1.0}.get(name)
    return (most - its) / (most - least)


def _per_request(played: Played) -> float:
    return float(played.cost.sum() / played.requests.sum())


def joined(parts: list[Played]) -> Played:
    """The same policy over the days of several seeds."""
    decisions = sum(part.decisions for part in parts)
    return Played(
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.refusals for part in parts]),
        np.concatenate([part.requests for part in parts]),
        {
            name: _mean_of_class(name, parts)
            for name in CLASSES
            if any(name in one.per_class for one in parts)
        },
        sum(part.ms_per_decision * part.decisions for part in parts) / max(decisions, 1),
        decisions,
    )


def _mean_of_class(name: str, parts: list[Played]) -> float:
    """Over the parts in which one of that class came."""
    those = [part for part in parts if name in part.per_class]
    weights = [part.requests.sum() for part in those]
    return float(np.average([part.per_class[name] for part in those], weights=weights))
