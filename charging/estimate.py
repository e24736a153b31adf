"""What a session is taken to have charged while no charger reports: an estimate by the declared times."""

from datetime import datetime
from decimal import Decimal

from stations.pricing import ChargingPeriod, constant_power


def estimated_profile(
    start: datetime, end: datetime, *, power_kw: Decimal, planned_kwh: Decimal
) -> tuple[ChargingPeriod, ...]:
    """Charging at the booking's power from plugging in until the booked energy is in, then parking until the end.

    Whoever leaves before that is billed for what the time passed gives at this power: pro rata, to whole Wh.
    """
    return constant_power(start, end, power_kw=power_kw, energy_kwh=planned_kwh)


def energy_of(profile: tuple[ChargingPeriod, ...]) -> Decimal:
    """All kWh of a profile."""
    return sum((part.energy_kwh for part in profile), Decimal(0))
