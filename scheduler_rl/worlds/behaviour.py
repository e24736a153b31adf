"""How people behave and what things cost in the world `hamburg-central` (docs/recommender.md, "World")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler_rl.arrays import Floats, Ints

CLASSES: Final = ("walk-in", "urgent", "normal", "flexible")
WALK_IN: Final = 0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row of figures per class of CLASSES; hours, EUR/h and EUR."""

    share: tuple[float, ...] = (0.15, 0.25, 0.30, 0.30)
    least_lead_h: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)
    most_lead_h: tuple[float, ...] = (0.0, 0.5, 3.0, 8.0)
    earlier_h: tuple[float, ...] = (0.0, 0.0, 0.0, 2.0)
    later_h: tuple[float, ...] = (0.0, 0.5, 2.0, 5.0)
    waiting_eur_h: tuple[float, ...] = (18.0, 18.0, 8.0, 2.5)
    walking_eur_h: tuple[float, ...] = (14.0, 14.0, 10.0, 6.0)
    refusal_eur: tuple[float, ...] = (12.0, 26.0, 17.0, 9.0)
    waiting_spread: float = 0.25  # sigma of the log-normal factor on each of the three
    walking_spread: float = 0.20
    refusal_spread: float = 0.15
    demand_spread: float = 0.12
    start_spread_slots: float = 1.5
    stay_spread: float = 0.10
    stay_min: float = 30.0  # minutes
    stay_max: float = 360.0
    place_spread_m: float = 200.0
    energy_log_mean: float = 2.75  # of kWh
    energy_log_spread: float = 0.5
    energy_kwh: tuple[float, float] = (4.0, 60.0)
    takes_dc: float = 0.55

    def of(self, figures: tuple[float, ...], classes: Ints) -> Floats:
        """The figure of each class in `classes`, same shape."""
        return np.asarray(np.take(figures, classes), dtype=np.float64)

    def asked_later_than(self, lead_h: Floats) -> Floats:
        """Share of all requests that ask less than `lead_h` hours before the wished start (walk-ins always)."""
        low, high = np.array(self.least_lead_h), np.array(self.most_lead_h)
        span = np.maximum(high - low, 1e-9)
        below = np.clip((np.asarray(lead_h)[..., None] - low) / span, 0.0, 1.0)
        return np.asarray(below @ np.array(self.share))


@dataclass(frozen=True, slots=True)
class PriceRule:
    """EUR/kWh a driver pays: `base + factor x day-ahead` within `bounds`, and `dc_extra` at DC."""

    base: float = 0.30
    factor: float = 1.3
    bounds: tuple[float, float] = (0.12, 0.90)
    dc_extra: float = 0.12

    def retail(self, day_ahead: Floats) -> Floats:
        return np.clip(self.base + self.factor * day_ahead, *self.bounds)


BEHAVIOUR: Final = Behaviour()
PRICE_RULE: Final = PriceRule()
