"""Two honest rankers: the earliest first, and the least cost in EUR first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bookings.costs import TermValues
from bookings.ports import Ranked
from bookings.ranking.candidates import Candidate, RankingRequest, terms_of


class WeightedGreedy:
    """The default: the least sum of energy, travel, waiting and mismatch (docs/rl.md, "weighted greedy")."""

    version: ClassVar[str] = "weighted-greedy"

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        ranked = _scored(request, candidates)
        ranked.sort(key=lambda one: (one.score, *_order(one.candidate)))
        return ranked


class EarliestFirst:
    """The soonest start, at the nearest station."""

    version: ClassVar[str] = "earliest-first"

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        ranked = _scored(request, candidates)
        ranked.sort(key=lambda one: _order(one.candidate))
        return ranked


def explain(candidate: Candidate, terms: TermValues, request: RankingRequest) -> str:
    """Why a candidate is where it is, in words: its price, its way, its start, and what does not fit."""
    minutes = round((candidate.start - request.earliest).total_seconds() / 60)
    parts = [
        f"{candidate.energy_kwh.normalize():f} kWh for {candidate.price}",
        f"{candidate.distance_km:.1f} km away ({terms.travel:.2f} for the way)",
        "starts when you wish" if minutes <= 0 else f"starts {_lasting(minutes)} later ({terms.waiting:.2f})",
    ]
    if candidate.energy_kwh < request.energy_kwh:
        parts.append(f"gives less than the {request.energy_kwh.normalize():f} kWh you asked for")
    elif terms.duration_mismatch >= 0.01:
        parts.append(f"lasts longer than the charge ({terms.duration_mismatch:.2f})")
    return ", ".join(parts) + "."


def _scored(request: RankingRequest, candidates: Sequence[Candidate]) -> list[Ranked]:
    terms = terms_of(request, candidates).in_cents()
    values = [terms.values_at(i) for i in range(len(candidates))]
    return [
        Ranked(one, round(sum(its), 2), its, explain(one, its, request))
        for one, its in zip(candidates, values, strict=True)
    ]


def _order(candidate: Candidate) -> tuple[datetime, float, str]:
    return candidate.start, candidate.distance_km, candidate.evse_uid


def _lasting(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)
