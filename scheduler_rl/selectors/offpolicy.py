"""What a candidate version would have cost, from the answers that others gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from scheduler_rl.models import PolicyVersion, RankedDecision
from scheduler_rl.offpolicy.estimates import Estimate, Logged, doubly_robust, gain, ips, snips

NOTHING_CAME_EUR: Final = (
    17.0  # a request that led to no visit: the refusal of class "normal" (docs/recommender.md)
)
_MOST: Final = 20_000
_SLOT: Final = ("station", "start", "end", "dc")  # the end, too: a station's chargers differ in power
_FEATURES: Final = ("cost", "others", "energy", "travel", "waiting")


class Judged(NamedTuple):
    """EUR per request of one version by three estimators."""

    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate against the version that answered; `decisions` logged ones, worth `effective` for the candidate.

    agreement: share of answers in which both put the same first; gain: EUR per request that the candidate saves.
    """

    decisions: int
    effective: float
    agreement: float
    candidate: Judged
    present: Judged
    gain: Estimate


def compare(candidate: PolicyVersion, *, since: datetime) -> Comparison | None:
    """Over settled answers since then beside which the candidate was scored, the newest 20,000; None: too few."""
    rows = (
        RankedDecision.objects.filter(
            at__gte=since, settled_at__isnull=False, alongside__has_key=str(candidate.pk)
        )
        .order_by("-at")
        .values("candidates", "alongside", "propensity", "realised_cost")[:_MOST]
    )
    found = [dict(row) for row in rows]
    if len(found) < 2:
        return None
    judged, present = logged_of(found, str(candidate.pk)), logged_of(found, None)
    return Comparison(
        decisions=len(found),
        effective=judged.effective_size,
        agreement=float(_agreement(found, str(candidate.pk))),
        candidate=_judged(judged),
        present=_judged(present),
        gain=gain(judged, present),
    )


def logged_of(rows: Sequence[dict[str, Any]], version_id: str | None) -> Logged:
    """Rows as the estimators want them; version_id None: the version that answered, without its chance."""
    first = [row["candidates"][0] for row in rows]
    wanted = [_first_of(row, version_id) for row in rows]
    cost = [NOTHING_CAME_EUR if row["realised_cost"] is None else float(row["realised_cost"]) for row in rows]
    return Logged(
        cost=np.array(cost),
        propensity=np.array([row["propensity"] for row in rows]),
        agrees=np.array([_same(a, b) for a, b in zip(first, wanted, strict=True)]),
        shown=_features(first),
        wanted=_features(wanted),
    )


def _first_of(row: dict[str, Any], version_id: str | None) -> dict[str, Any]:
    if version_id is None:  # by its chance, not by its total: of equal ones the answer had put one first
        best: dict[str, Any] = max(row["candidates"], key=lambda one: one["propensity"])
        return best
    found: dict[str, Any] = row["alongside"][version_id]["first"]
    return found


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in _SLOT)


def _features(candidates: Sequence[dict[str, Any]]) -> np.ndarray:
    return np.array([[one[name] for name in _FEATURES] for one in candidates], dtype=np.float64)


def _agreement(rows: Sequence[dict[str, Any]], version_id: str) -> float:
    pairs = [_same(_first_of(row, None), _first_of(row, version_id)) for row in rows]
    return sum(pairs) / len(pairs)


def _judged(logged: Logged) -> Judged:
    return Judged(ips(logged), snips(logged), doubly_robust(logged))
