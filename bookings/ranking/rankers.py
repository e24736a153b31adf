"""Honest rankers without learning: the least cost in EUR first, the earliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from bookings.costs import TermValues
from bookings.ports import Answer, Ranked
from bookings.ranking.candidates import Candidate, Choice, RankingRequest, terms_of
from bookings.ranking.shortlist import shortlist


class WeightedGreedy:
    """The default: the least sum of energy, travel, waiting and mismatch (docs/recommender.md, "greedy")."""

    version: ClassVar[str] = "weighted-greedy"

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer:
        """Each connector class of each station comes before the second best of one."""
        costs = terms_of(request, choice.candidates).in_cents().score.tolist()
        ranked = scored(request, shortlist(choice.candidates, costs, most=most))
        ranked.sort(key=lambda one: (one.score, *_order(one.candidate)))
        return Answer(ranked, self.version)


class EarliestFirst:
    """The soonest start, at the nearest station; not a SlotRanker, for its order is not by EUR."""

    version: ClassVar[str] = "earliest-first"

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer:
        return Answer(scored(request, sorted(choice.candidates, key=_order)[:most]), self.version)


PLAIN: Final[Mapping[str, WeightedGreedy | EarliestFirst]] = {
    "cost": WeightedGreedy(),
    "earliest": EarliestFirst(),
}


def scored(request: RankingRequest, candidates: Sequence[Candidate]) -> list[Ranked]:
    """The candidates in their order, each with its cost and the words for it."""
    terms = terms_of(request, candidates).in_cents()
    values = [terms.values_at(i) for i in range(len(candidates))]
    return [
        Ranked(one, round(sum(its), 2), its, explain(one, its, request))
        for one, its in zip(candidates, values, strict=True)
    ]


def explain(candidate: Candidate, terms: TermValues, request: RankingRequest) -> str:
    """Why a candidate is where it is, in words: its price, its way, its start, and what does not fit."""
    minutes = round((candidate.start - request.earliest).total_seconds() / 60)
    parts = [
        f"{candidate.energy_kwh.normalize():f} kWh for {candidate.price}",
        f"{candidate.distance_km:.1f} km away ({terms.travel:.2f} for the way)",
        "starts when you wish" if minutes <= 0 else f"starts {lasting(minutes)} later ({terms.waiting:.2f})",
    ]
    if candidate.energy_kwh < request.energy_kwh:
        parts.append(f"gives less than the {request.energy_kwh.normalize():f} kWh you asked for")
    elif terms.duration_mismatch >= 0.01:
        parts.append(f"lasts longer than the charge ({terms.duration_mismatch:.2f})")
    return ", ".join(parts) + "."


def lasting(minutes: int) -> str:
    """ "45 min", "2 h", "1 h 15 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)


def _order(candidate: Candidate) -> tuple[datetime, float, str]:
    return candidate.start, candidate.distance_km, candidate.evse_uid
