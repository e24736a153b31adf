"""Which of several EVSEs to give a driver."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from bookings.availability.wishes import Fitting

_HOUR = timedelta(hours=1)


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
