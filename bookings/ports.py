"""What others may plug into bookings, each with a default that works: a ranker of slots, forecasters.

Filled in AppConfig.ready() of the app that brings something better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bookings.costs import TermValues
from bookings.ranking.candidates import Candidate, Choice, RankingRequest

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place, in EUR (lower is better); `reason` says why it stands there.

    `score`, the sum of `terms`, is what it costs its driver. `others` is what it takes from drivers who come later,
    more than the candidate that takes least; zero where a ranker does not look at them.
    """

    candidate: Candidate
    score: float
    terms: TermValues
    reason: str
    others: float = 0.0

    @property
    def total(self) -> float:
        """What the order is by."""
        return round(self.score + self.others, 2)


class Answer(NamedTuple):
    """Candidates in order, and the name and version of what put them so, kept with every answer."""

    ranked: list[Ranked]
    version: str


class SlotRanker(Protocol):
    """Puts candidate slots in order, the best first."""

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer | None:
        """The best `most` candidates (all where there are fewer) by rising `total`; None: no opinion.

        A few SQL queries at most, whatever the number of candidates; within EVB_RANKER_BUDGET_MS.
        """


class Trial(Protocol):
    """How one request takes part in the trying of rankers: who answers it, what is put first, what is kept of it."""

    @property
    def ranker(self) -> SlotRanker | None:
        """Who answers instead of the registered ranker; None: nobody."""

    def arrange(self, answer: Answer) -> Answer:
        """The answer, perhaps with another candidate first that costs nearly the same; the reason then says so."""

    def note(self, shown_id: UUID, request: RankingRequest, choice: Choice, answer: Answer) -> None:
        """Keep what was shown, so that other rankers can be judged by it. Never fails."""


class SlotsAsked(NamedTuple):
    """Starts at one station: epoch seconds, shape (n,), and who of `evse_ids` is free at each, (len(evse_ids), n)."""

    evse_ids: Sequence[UUID]
    starts: npt.NDArray[np.int64]
    free: npt.NDArray[np.bool_]


class WalkInSite(NamedTuple):
    """A station's EVSEs that nobody can book; `units` is how many it has in all."""

    station_id: UUID
    zone: ZoneInfo
    evse_ids: Sequence[UUID]
    units: int


class AvailabilityForecaster(Protocol):
    """Says how likely it is that a driver finds a connector free: who booked a slot, and who comes without."""

    def chances(self, asked: Sequence[SlotsAsked], now: datetime) -> Sequence[Floats] | None:
        """P(at least one of the EVSEs that are free by the book really is at the start), one array (n,) for each
        asked; None: no opinion. A few SQL queries at most, whatever is asked.
        """

    def walk_in(self, site: WalkInSite, minutes: Sequence[int], now: datetime) -> Floats | None:
        """P(at least one of the site's EVSEs is free) so many minutes from now, (len(minutes),); None: no opinion."""


class DemandForecaster(Protocol):
    """Says how many sessions to expect."""

    def expected(self, station_ids: Sequence[UUID]) -> dict[UUID, Floats]:
        """Sessions expected to begin by hour of the site's clock, (2, 24): weekdays, then weekend days."""


class NoForecast:
    """The default: no opinion."""

    def chances(self, asked: Sequence[SlotsAsked], now: datetime) -> None:
        return None

    def walk_in(self, site: WalkInSite, minutes: Sequence[int], now: datetime) -> None:
        return None

    def expected(self, station_ids: Sequence[UUID]) -> dict[UUID, Floats]:
        return {}


TrialOf = Callable[[UUID | None, datetime], Trial | None]
"""The trial of a request, by the driver's id (None: somebody unknown) and now; None: no trial."""


@dataclass
class _Filled:
    ranker: SlotRanker | None = None
    trial: TrialOf | None = None
    forecaster: AvailabilityForecaster = field(default_factory=NoForecast)
    demand: DemandForecaster = field(default_factory=NoForecast)


_filled = _Filled()


def use_ranker(ranker: SlotRanker | None) -> None:
    """Have this ranker asked first; None for the default alone (bookings.ranking)."""
    _filled.ranker = ranker


def use_trials(trial_of: TrialOf | None) -> None:
    """Ask this for the trial of each request; None: rankers are not tried."""
    _filled.trial = trial_of


def use_forecaster(forecaster: AvailabilityForecaster | None) -> None:
    """Have this forecaster asked; None for no opinion."""
    _filled.forecaster = forecaster or NoForecast()


def use_demand_forecaster(forecaster: DemandForecaster | None) -> None:
    """Have this forecaster asked; None for no opinion."""
    _filled.demand = forecaster or NoForecast()


def registered_ranker() -> SlotRanker | None:
    return _filled.ranker


def trial_of(driver_id: UUID | None, now: datetime) -> Trial | None:
    """The trial that a driver's request takes part in now."""
    return _filled.trial(driver_id, now) if _filled.trial else None


def forecaster() -> AvailabilityForecaster:
    return _filled.forecaster


def demand_forecaster() -> DemandForecaster:
    return _filled.demand
