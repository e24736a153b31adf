"""What a slot costs a driver, in EUR, term by term: one pure module for rankers, their training and the pages.

Arrays in (one entry per candidate, any one shape, scalars broadcast), arrays out. Formulas and defaults are those
of the world `hamburg-central` in docs/rl.md; what it does not have is marked as an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WAYS: Final = 2  # to the station and back
DETOUR: Final = 1.3  # way = 1.3 x straight line
WALKING_KM_H: Final = 4.5
EARLIER_THAN_WISHED: Final = 0.7  # an hour too early counts as 0.7 hours too late
MISMATCH_SHARE: Final = 0.175  # of the value of time
MISMATCH_CAP_H: Final = 3.0
VALUE_OF_TIME_EUR_H: Final = 8.0  # class "normal"
WALKING_OVER_WAITING: Final = 10.0 / 8.0  # class "normal": walking time is worth 10 EUR/h

# assumptions: beyond walking distance people drive; speed in town, minutes to get in, park and walk the rest,
# and the running cost of an electric car
DRIVING_KM_H: Final = 30.0
PARKING_H: Final = 1 / 6  # each way
DRIVING_EUR_KM: Final = 0.20


class Preference(StrEnum):
    """What a driver cares about most."""

    BALANCED = "balanced"
    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    NEAREST = "nearest"

    @property
    def label(self) -> str:
        return self.capitalize()


# how many times the value of time counts for (waiting, travel); assumptions
_MULTIPLIERS: Final = {
    Preference.BALANCED: (1.0, 1.0),
    Preference.CHEAPEST: (0.35, 0.35),
    Preference.FASTEST: (3.0, 1.0),
    Preference.NEAREST: (1.0, 4.0),
}


class TermValues(NamedTuple):
    """The terms of one candidate in EUR; their sum is its score."""

    energy: float
    travel: float
    waiting: float
    duration_mismatch: float


class Terms(NamedTuple):
    """The terms of all candidates in EUR, arrays of one shape."""

    energy: Floats
    travel: Floats
    waiting: Floats
    duration_mismatch: Floats

    @property
    def score(self) -> Floats:
        """The sum of the terms: the cost in EUR, lower is better."""
        total: Floats = self.energy + self.travel + self.waiting + self.duration_mismatch
        return total

    def in_cents(self) -> Terms:
        """Each term rounded to whole cents, so that what is shown adds up to the score that is shown."""
        return Terms(*(np.rint(term * 100) / 100 for term in self))

    def values_at(self, position: int) -> TermValues:
        return TermValues(*(float(term[position]) for term in self))


@dataclass(frozen=True, slots=True)
class Values:
    """What time is worth to a driver, EUR/h: waiting for a start, and being on the way."""

    waiting: float = VALUE_OF_TIME_EUR_H
    travel: float = VALUE_OF_TIME_EUR_H * WALKING_OVER_WAITING

    @classmethod
    def of(cls, value_of_time_eur_h: float | None, preference: Preference) -> Values:
        """The values of a stated value of time (None: the usual one) under a preference."""
        base = VALUE_OF_TIME_EUR_H if value_of_time_eur_h is None else value_of_time_eur_h
        waiting, travel = _MULTIPLIERS[preference]
        return cls(base * waiting, base * WALKING_OVER_WAITING * travel)


def cost_terms(
    *,
    energy_eur: npt.ArrayLike,
    distance_km: npt.ArrayLike,
    late_h: npt.ArrayLike,
    short_h: npt.ArrayLike,
    long_h: npt.ArrayLike = 0.0,
    values: Values,
    may_drive: bool = True,
) -> Terms:
    """The cost of candidates.

    energy_eur: price of the charge; distance_km: straight line; late_h: start minus the wished start (negative:
    too early); short_h, long_h: by how much the slot is shorter or longer than the stay. `may_drive` False is
    the world of the evaluation, where everybody walks.
    """
    arrays = (energy_eur, distance_km, late_h, short_h, long_h)
    energy, distance, late, short, long = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in arrays)
    )
    return Terms(
        energy,
        travel_eur(distance, values.travel, may_drive=may_drive),
        waiting_eur(late, values.waiting),
        mismatch_eur(short, values.waiting) + mismatch_eur(long, values.waiting),
    )


def travel_eur(distance_km: Floats, value_eur_h: float | Floats, *, may_drive: bool) -> Floats:
    """On foot both ways, or by car where that costs less."""
    way_km = WAYS * DETOUR * distance_km
    on_foot: Floats = way_km / WALKING_KM_H * value_eur_h
    if not may_drive:
        return on_foot
    driving_h = way_km / DRIVING_KM_H + WAYS * PARKING_H
    by_car: Floats = driving_h * value_eur_h + way_km * DRIVING_EUR_KM
    return np.minimum(on_foot, by_car)


def waiting_eur(late_h: Floats, value_eur_h: float | Floats) -> Floats:
    """Start against the wished start."""
    hours = np.where(late_h < 0, -EARLIER_THAN_WISHED * late_h, late_h)
    return np.asarray(hours * value_eur_h, dtype=np.float64)


def mismatch_eur(hours: Floats, value_eur_h: float | Floats) -> Floats:
    """A slot too short or too long for the stay: coming back and moving the car."""
    capped = np.clip(hours, 0.0, MISMATCH_CAP_H)
    return np.asarray(capped * MISMATCH_SHARE * value_eur_h, dtype=np.float64)
