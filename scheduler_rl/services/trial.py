"""Trying rankers on real requests: a candidate's share of drivers, a little honest chance, and the log of all."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import transaction

from bookings.costs import Values
from bookings.ports import Answer, Ranked, SlotRanker
from bookings.ranking.candidates import HOUR, Choice, RankingRequest
from evbooking.core.api.json import instant
from scheduler_rl.models import Experiment, PolicyVersion, RankedDecision
from scheduler_rl.offpolicy.exploration import draw, propensities
from scheduler_rl.selectors import candidate_version, experiment

logger = logging.getLogger(__name__)
BUCKETS: Final = 1000
_TRIED: Final = " Shown first by chance: it costs nearly the same as the best."
Arm = RankedDecision.Arm
RankerOf = Callable[[PolicyVersion], SlotRanker]


def bucket_of(driver_id: UUID) -> int:
    """One of BUCKETS, the same for good: who a driver is cannot be told from it."""
    return int.from_bytes(hashlib.sha256(f"trial {driver_id}".encode()).digest()[:8], "big") % BUCKETS


class Trials:
    """The port of bookings: makes the trial of each request; two queries."""

    def __init__(self, ranker_of: RankerOf, rng: Random | None = None) -> None:
        self._ranker_of, self._rng = ranker_of, rng or Random()  # noqa: S311 - chance, no secret; and NumPy's takes 2 MB

    def __call__(self, driver_id: UUID | None, now: datetime) -> OneTrial:
        candidate = candidate_version(PolicyVersion.Kind.RANKER)
        bucket = None if driver_id is None else bucket_of(driver_id)
        return OneTrial(
            settings=experiment(),
            bucket=bucket,
            candidate=candidate,
            candidate_ranker=self._ranker_of(candidate) if candidate else None,
            now=now,
            rng=self._rng,
        )


@dataclass(slots=True)
class OneTrial:
    """One request: `bucket` is its driver's (None: somebody unknown, who is never on the candidate's side)."""

    settings: Experiment
    bucket: int | None
    candidate: PolicyVersion | None
    candidate_ranker: SlotRanker | None
    now: datetime
    rng: Random
    chances: np.ndarray | None = None

    @property
    def ranker(self) -> SlotRanker | None:
        """The candidate's, for its share of drivers."""
        if self.bucket is None or self.bucket >= self.settings.candidate_share * BUCKETS:
            return None
        return self.candidate_ranker

    def arrange(self, answer: Answer) -> Answer:
        """Another first one now and then; whatever is done, the probabilities are kept for the log."""
        if not answer.ranked:
            return answer
        totals = np.array([one.total for one in answer.ranked])
        chances = propensities(
            totals, exploration=self.settings.exploration, near_equal_eur=self.settings.near_equal_eur
        )
        first = draw(chances, self.rng)
        self.chances = _to_front(chances, first)
        return Answer(_moved(answer.ranked, first), answer.version)

    def note(self, shown_id: UUID, request: RankingRequest, choice: Choice, answer: Answer) -> None:
        """One row; what goes wrong here is logged and nobody's answer suffers."""
        if not answer.ranked or self.chances is None:
            return
        try:
            with transaction.atomic():
                self._write(shown_id, request, choice, answer, self.chances)
        except Exception:
            logger.exception("A ranked answer could not be logged")

    def _write(
        self, shown_id: UUID, request: RankingRequest, choice: Choice, answer: Answer, chances: np.ndarray
    ) -> None:
        version = version_named(answer.version)
        by_candidate = version is not None and self.candidate is not None and version.pk == self.candidate.pk
        arm = Arm.FALLBACK if version is None else Arm.CANDIDATE if by_candidate else Arm.ACTIVE
        RankedDecision.objects.create(
            at=self.now,
            arm=arm,
            bucket=self.bucket,
            version=version,
            ranker=answer.version,
            shown_id=shown_id,
            features=summary_of(request, choice, self.now),
            candidates=[
                _candidate_json(one, float(chance))
                for one, chance in zip(answer.ranked, chances, strict=True)
            ],
            alongside=self._alongside(request, choice, answer) if arm == Arm.ACTIVE else {},
            propensity=float(chances[0]),
            expected_cost=Decimal(str(answer.ranked[0].score)),
        )

    def _alongside(self, request: RankingRequest, choice: Choice, answer: Answer) -> dict[str, Any]:
        """What the candidate would have answered (shadow mode): its order as positions in the shown one.

        Nothing where it cannot answer: what was shown is kept all the same.
        """
        if self.candidate is None or self.candidate_ranker is None:
            return {}
        try:
            its = self.candidate_ranker.rank(request, choice, self.now, most=len(answer.ranked))
        except Exception:
            logger.exception("The candidate %s could not answer beside the active version", self.candidate)
            return {}
        if its is None or not its.ranked:
            return {}
        shown = {id(one.candidate): position for position, one in enumerate(answer.ranked)}
        order = [shown.get(id(one.candidate)) for one in its.ranked]
        totals = [one.total for one in its.ranked]
        return {
            str(self.candidate.pk): {
                "order": order,
                "totals": totals,
                "first": _candidate_json(its.ranked[0], 1.0),
            }
        }


def version_named(name: str) -> PolicyVersion | None:
    """The version of an answer's name ("dqn <version> <sha256>"), None for a plain ranker."""
    sha256 = name.rpartition(" ")[2]
    return PolicyVersion.objects.filter(kind=PolicyVersion.Kind.RANKER, artefact=sha256).first()


def summary_of(request: RankingRequest, choice: Choice, now: datetime) -> dict[str, Any]:
    """What was asked, without who and where: hours are those of the first site's clock."""
    wished = request.earliest.astimezone(choice.sites[0].zone) if choice.sites else request.earliest
    return {
        "hour": wished.hour,
        "weekday": wished.isoweekday(),
        "lead_h": round((request.earliest - now) / HOUR, 2),
        "window_h": round((request.latest - request.earliest) / HOUR, 2),
        "energy_kwh": float(request.energy_kwh),
        "preference": str(request.preference),
        "waiting_eur_h": Values.of(request.value_of_time_eur_h, request.preference).waiting,
        "wished": instant(request.earliest),
        "candidates": len(choice.candidates),
    }


def _candidate_json(one: Ranked, chance: float) -> dict[str, Any]:
    return {
        "station": str(one.candidate.station_id),
        "start": instant(one.candidate.start),
        "end": instant(one.candidate.end),
        "dc": one.candidate.is_dc,
        "cost": one.score,
        "others": one.others,
        "total": one.total,
        "propensity": round(chance, 6),
        **{name: round(value, 2) for name, value in one.terms._asdict().items()},
    }


def _moved(ranked: list[Ranked], first: int) -> list[Ranked]:
    if not first:
        return ranked
    chosen = replace(ranked[first], reason=ranked[first].reason + _TRIED)
    return [chosen, *ranked[:first], *ranked[first + 1 :]]


def _to_front(chances: np.ndarray, first: int) -> np.ndarray:
    return np.concatenate([chances[first : first + 1], np.delete(chances, first)])
