"""What a free slot costs: the quote a booking of it would get, cached by bookings.quoting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from accounts.models import Vehicle
from bookings.availability.offer import Offer
from bookings.availability.wishes import Fitting
from bookings.energy import energy_for
from bookings.quoting import is_same_always, quote_for
from evbooking.core.money import Money
from stations.models import TariffVersion
from stations.pricing import TariffDimensionType, TaxIncluded
from stations.versions import tariff_of


def slot_price(
    offer: Offer,
    fitting: Fitting,
    start: datetime,
    end: datetime,
    *,
    vehicle: Vehicle | None = None,
    energy_kwh: Decimal | None = None,
) -> Money:
    """The total of [start, end) at a plug of a bookable station; the energy is what the slot and the car hold,
    or the one asked for if that is less."""
    most = energy_for(fitting.power_kw, end - start, None)
    wanted = energy_for(fitting.power_kw, end - start, vehicle) if energy_kwh is None else energy_kwh
    assert offer.tariff, "only bookable stations have free slots"
    return quote_for(
        offer.tariff,
        zone=offer.zone,
        start=start,
        end=end,
        energy_kwh=min(wanted, most),
        power_kw=fitting.power_kw,
    ).total


def slot_prices(
    offer: Offer, lasting: timedelta, *, vehicle: Vehicle | None = None
) -> Callable[[Fitting, datetime], Money]:
    """`slot_price` of many slots of one length, by plug and start; once for all starts that cost the same."""
    always = offer.tariff is not None and is_same_always(offer.tariff)
    kept: dict[tuple[Decimal, datetime | None], Money] = {}

    def price(fitting: Fitting, start: datetime) -> Money:
        key = fitting.power_kw, None if always else start
        if key not in kept:
            kept[key] = slot_price(offer, fitting, start, start + lasting, vehicle=vehicle)
        return kept[key]

    return price


@lru_cache(maxsize=4096)
def energy_price_from(version: TariffVersion) -> Money | None:
    """The least price of a kWh in a tariff, taxes included; None where energy is not what is paid for."""
    tariff = tariff_of(version)
    prices = [
        part.price * (1 + (part.vat or Decimal(0)) / 100 if tariff.tax_included == TaxIncluded.NO else 1)
        for element in tariff.elements
        for part in element.price_components
        if part.type == TariffDimensionType.ENERGY
    ]
    return Money(min(prices), tariff.currency) if prices else None
