"""What a tariff is applied to: the charging periods of a session, planned or metered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

NOMINAL_VOLTAGE: Final = 230
_WATT_HOUR: Final = Fraction(1, 1000)
_HOUR_S: Final = 3600


class InvalidProfile(ValueError):
    """Charging periods that overlap, run backwards, lack a zone or give energy back."""


@dataclass(frozen=True, slots=True)
class ChargingPeriod:
    """A stretch [start, end) of a session with one behaviour (OCPI ChargingPeriod with its dimensions).

    `energy_kwh` flows evenly over the period. `charging` False is PARKING_TIME: plugged in, drawing nothing.
    `power_kw` None is the average power; `current_a`, the sum over all phases, None is what that power draws
    at 230 V.
    """

    start: datetime
    end: datetime
    energy_kwh: Decimal = Decimal(0)
    charging: bool = True
    power_kw: Decimal | None = None
    current_a: Decimal | None = None


Profile = Sequence[ChargingPeriod]


def constant_power(
    start: datetime,
    end: datetime,
    *,
    power_kw: Decimal,
    energy_kwh: Decimal | None = None,
    voltage: int = NOMINAL_VOLTAGE,
) -> tuple[ChargingPeriod, ...]:
    """A plan: charging at constant power until the energy is in, then parking until the end.

    `energy_kwh` None means charging all the time; more than fits in is cut to what fits, and what is missing
    by less than one Wh counts as all, so that a rounded energy leaves no second of parking behind. The end of
    charging is a whole second. `voltage` (line to neutral) turns power into the current of restrictions.
    """
    if not power_kw.is_finite() or power_kw <= 0:
        raise InvalidProfile("charging needs a power above 0 kW")
    if energy_kwh is not None and (not energy_kwh.is_finite() or energy_kwh < 0):
        raise InvalidProfile("the energy of a plan is 0 kWh or more")
    seconds = Fraction((end - start) // timedelta(microseconds=1), 1_000_000)
    fits = Fraction(power_kw) * seconds / _HOUR_S
    current = power_kw * 1000 / voltage
    if energy_kwh is None or energy_kwh >= fits - _WATT_HOUR:
        energy = _kwh(fits) if energy_kwh is None else min(energy_kwh, _kwh(fits))
        return (ChargingPeriod(start, end, energy, True, power_kw, current),)
    charged = start + timedelta(
        seconds=int(Fraction(energy_kwh) * _HOUR_S / Fraction(power_kw) + Fraction(1, 2))
    )
    plan = (
        ChargingPeriod(start, charged, energy_kwh, True, power_kw, current),
        ChargingPeriod(charged, end, charging=False),
    )
    return tuple(period for period in plan if period.end > period.start)


def checked(profile: Profile) -> Profile:
    """The same periods in order of time. Raises InvalidProfile."""
    if not profile:
        raise InvalidProfile("a session has at least one charging period")
    for period in profile:
        _check(period)
    ordered = sorted(profile, key=lambda period: (period.start, period.end))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise InvalidProfile(f"the period from {later.start} begins before the one before it ends")
    return ordered


def _check(period: ChargingPeriod) -> None:
    if period.start.tzinfo is None or period.end.tzinfo is None:
        raise InvalidProfile("charging periods need aware instants")
    if period.end < period.start:
        raise InvalidProfile(f"the period from {period.start} ends before it starts")
    if not period.energy_kwh.is_finite() or period.energy_kwh < 0:
        raise InvalidProfile(f"the period from {period.start} needs an energy of 0 kWh or more")


def _kwh(energy: Fraction) -> Decimal:
    """Exact energy to whole Wh, half up: the resolution of a meter."""
    exact = Decimal(energy.numerator) / energy.denominator
    return exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
