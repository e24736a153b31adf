"""What others may plug into bookings, each with a default that works: a ranker of slots, a forecaster.

Filled in AppConfig.ready() of the app that brings something better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bookings.costs import TermValues
from bookings.ranking.candidates import Candidate, RankingRequest


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place: `score` in EUR (lower is better) is the sum of `terms`, `reason` says why."""

    candidate: Candidate
    score: float
    terms: TermValues
    reason: str


class SlotRanker(Protocol):
    """Puts candidate slots in order, the best first."""

    @property
    def version(self) -> str:
        """Name and version of what answers, kept with every answer."""

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        """Every candidate once, best first. No I/O; within EVB_RANKER_BUDGET_MS."""


class AvailabilityForecaster(Protocol):
    """Says how likely a start is still free when the driver comes to book it."""

    def chances(
        self, station_id: UUID, starts: npt.NDArray[np.int64], now: datetime
    ) -> Sequence[float] | None:
        """P(at least one suitable EVSE is free) for each start in epoch seconds, or None for no opinion."""


class NoForecast:
    """The default: no opinion."""

    def chances(self, station_id: UUID, starts: npt.NDArray[np.int64], now: datetime) -> None:
        return None


@dataclass
class _Filled:
    ranker: SlotRanker | None = None
    forecaster: AvailabilityForecaster = field(default_factory=NoForecast)


_filled = _Filled()


def use_ranker(ranker: SlotRanker | None) -> None:
    """Have this ranker asked first; None for the default alone (bookings.ranking)."""
    _filled.ranker = ranker


def use_forecaster(forecaster: AvailabilityForecaster | None) -> None:
    """Have this forecaster asked; None for no opinion."""
    _filled.forecaster = forecaster or NoForecast()


def registered_ranker() -> SlotRanker | None:
    return _filled.ranker


def forecaster() -> AvailabilityForecaster:
    return _filled.forecaster
