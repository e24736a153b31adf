"""What a driver wants to plug in, and which units of a site take it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Vehicle
from bookings.availability.offer import Fitting, Offer, Plug, Unit

__all__ = ["Fitting", "Wish", "fittings_of", "plugs_for", "usable_units"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A connector standard, a car, a least power in kW; None asks for nothing in particular."""

    connector: str | None = None
    vehicle: Vehicle | None = None
    min_power_kw: Decimal | None = None

    @property
    def stamp(self) -> str:
        """Differs when the car has changed."""
        return "" if self.vehicle is None else f"{self.vehicle.pk} {self.vehicle.last_updated}"


def fittings_of(offer: Offer, wish: Wish) -> tuple[Fitting, ...]:
    """The best plug of each bookable unit of a site that serves a wish, in the order of use.

    That order is the one in which a booking without evse_uid takes the units (bookings.fitting.best_first
    without an energy): ordinary bays before disabled ones, then the least power, so that fast chargers are
    kept for those who need them. Remembered with the offer, but not per car.
    """
    if wish.vehicle is not None:
        return _find_fittings(offer, wish)
    key = (wish.connector, wish.min_power_kw)
    if key not in offer.fittings:
        offer.fittings[key] = _find_fittings(offer, wish)
    return offer.fittings[key]


def _find_fittings(offer: Offer, wish: Wish) -> tuple[Fitting, ...]:
    best = [
        max(fitting, key=lambda one: one.power_kw)
        for unit in offer.offered
        if (fitting := plugs_for(unit, wish))
    ]
    best.sort(key=lambda one: (one.unit.disabled_bay, one.power_kw, one.plug.power_kw, one.unit.uid))
    return tuple(best)


def usable_units(offer: Offer, wish: Wish) -> tuple[Unit, ...]:
    """The bookable units of a site that serve a wish, in the order of use."""
    return tuple(fitting.unit for fitting in fittings_of(offer, wish))


def plugs_for(unit: Unit, wish: Wish) -> list[Fitting]:
    """The plugs of a unit that serve a wish, whether or not the unit may be booked now."""
    found = []
    for plug in unit.plugs:
        power_kw = _power_kw(plug, wish)
        if power_kw > 0:
            found.append(Fitting(unit, plug, power_kw))
    return found


def _power_kw(plug: Plug, wish: Wish) -> Decimal:
    """kW that flow; 0 where the plug does not serve the wish."""
    vehicle = wish.vehicle
    if wish.connector not in {None, plug.standard} or plug.power_kw < (wish.min_power_kw or 0):
        return Decimal(0)
    if vehicle is None:
        return plug.power_kw
    if plug.standard not in vehicle.connectors:
        return Decimal(0)
    return min(plug.power_kw, vehicle.max_dc_kw if plug.is_dc else vehicle.max_ac_kw)
