"""Which of several EVSEs to give a driver, and how much energy a slot can hold."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from accounts.models import Vehicle
from bookings.availability.wishes import Fitting

_HOUR = timedelta(hours=1)
_CENT = Decimal("0.01")


def energy_for(power_kw: Decimal, lasting: timedelta, vehicle: Vehicle | None) -> Decimal:
    """kWh that power gives in that time, at most the car's battery; whole hundredths, rounded down."""
    energy = power_kw * Decimal(lasting // timedelta(seconds=1)) / 3600
    if vehicle is not None:
        energy = min(energy, vehicle.battery_kwh)
    return energy.quantize(_CENT, rounding=ROUND_DOWN)


def best_first(
    fittings: Iterable[Fitting], *, energy_kwh: Decimal | None, lasting: timedelta
) -> list[Fitting]:
    """The smallest power that is enough first, then the strongest of what is not; disabled bays last of all.

    Without an energy every power is enough: fast chargers are kept for those who need them.
    """
    needed = Decimal(0) if energy_kwh is None else energy_kwh / Decimal(lasting / _HOUR)

    def order(one: Fitting) -> tuple[bool, bool, Decimal, Decimal, str]:
        short = one.power_kw < needed
        power = -one.power_kw if short else one.power_kw
        return one.unit.disabled_bay, short, power, one.plug.power_kw, one.unit.uid

    return sorted(fittings, key=order)
