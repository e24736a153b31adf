"""How much energy a slot can hold."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from accounts.models import Vehicle

_CENT = Decimal("0.01")


def energy_for(power_kw: Decimal, lasting: timedelta, vehicle: Vehicle | None) -> Decimal:
    """kWh that power gives in that time, at most the car's battery; whole hundredths, rounded down."""
    energy = power_kw * Decimal(lasting // timedelta(seconds=1)) / 3600
    if vehicle is not None:
        energy = min(energy, vehicle.battery_kwh)
    return energy.quantize(_CENT, rounding=ROUND_DOWN)
