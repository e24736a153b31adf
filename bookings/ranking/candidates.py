"""What a ranker is asked, and what it chooses from: plain values, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bookings.costs import Preference, Terms, Values, cost_terms
from evbooking.core.money import Money

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """Who wants what: degrees, kWh, starts with `earliest` <= start < `latest` of which the first is wished."""

    latitude: float
    longitude: float
    energy_kwh: Decimal
    earliest: datetime
    latest: datetime
    value_of_time_eur_h: float | None = None
    preference: Preference = Preference.BALANCED


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slot that can be booked as it stands: station x start x connector class.

    `free_units` is how many EVSEs of this class are free then, `class_units` how many there are; `price` is what
    `energy_kwh` costs in it, at most what was asked for; `chance` is the forecaster's, None without one.
    """

    station_id: UUID
    station_slug: str
    station_name: str
    zone: ZoneInfo
    evse_uid: str
    is_dc: bool
    power_kw: Decimal
    start: datetime
    end: datetime
    energy_kwh: Decimal
    price: Money
    distance_km: float
    free_units: int
    class_units: int
    chance: float | None = None

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR


@dataclass(frozen=True, slots=True)
class Site:
    """A station's bookable EVSEs that give the same power of the same kind: where candidates may lie, or none."""

    station_id: UUID
    latitude: float
    longitude: float
    zone: ZoneInfo
    is_dc: bool
    power_kw: Decimal
    evse_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be had, and around what: `sites` also holds those at which nothing is free any more."""

    candidates: Sequence[Candidate]
    sites: Sequence[Site]


def terms_of(request: RankingRequest, candidates: Sequence[Candidate]) -> Terms:
    """The cost in EUR of each candidate, arrays of shape (len(candidates),).

    The stay a driver needs is the time in which the asked energy flows at the candidate's power.
    """
    needed = np.array([float(request.energy_kwh / one.power_kw) for one in candidates])
    lasting = np.array([one.hours for one in candidates])
    return cost_terms(
        energy_eur=np.array([float(one.price.amount) for one in candidates]),
        distance_km=np.array([one.distance_km for one in candidates]),
        late_h=np.array([(one.start - request.earliest) / HOUR for one in candidates]),
        short_h=needed - lasting,
        long_h=lasting - needed,
        values=Values.of(request.value_of_time_eur_h, request.preference),
    )


FEATURES = (
    "cost_eur",
    "cost_minus_best_eur",
    "energy_eur",
    "travel_eur",
    "waiting_eur",
    "duration_mismatch_eur",
    "hours",
    "free_units",
    "class_units",
    "free_share",
    "is_dc",
    "hours_to_start",
    "hours_after_wish",
    "hour_sin",
    "hour_cos",
)


def features_of(
    request: RankingRequest, candidates: Sequence[Candidate], now: datetime
) -> npt.NDArray[np.float64]:
    """One row per candidate, columns as in FEATURES; shape (len(candidates), len(FEATURES))."""
    terms = terms_of(request, candidates)
    score = terms.score
    starts = np.array([one.start.timestamp() for one in candidates])
    free = np.array([float(one.free_units) for one in candidates])
    units = np.array([float(one.class_units) for one in candidates])
    angle = 2 * np.pi * (starts % 86_400) / 86_400
    columns = (
        score,
        score - score.min(initial=np.inf),
        *terms,
        np.array([one.hours for one in candidates]),
        free,
        units,
        free / units,
        np.array([float(one.is_dc) for one in candidates]),
        (starts - now.timestamp()) / 3600,
        (starts - request.earliest.timestamp()) / 3600,
        np.sin(angle),
        np.cos(angle),
    )
    return np.column_stack(columns)
