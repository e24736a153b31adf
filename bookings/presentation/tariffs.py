"""A tariff in the words of who pays it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from evbooking.core.money import Money, minor_unit
from stations.pricing import (
    PriceComponent,
    PriceLimit,
    ReservationRestrictionType,
    Tariff,
    TariffDimensionType,
    TaxIncluded,
)
from stations.pricing.describe import describe

_UNITS: Final = {
    TariffDimensionType.ENERGY: "/kWh",
    TariffDimensionType.TIME: "/h",
    TariffDimensionType.PARKING_TIME: "/h",
    TariffDimensionType.FLAT: "",
}


class PriceRow(NamedTuple):
    """What is paid for, and what it costs."""

    name: str
    price: str


def price_rows(tariff: Tariff) -> list[PriceRow]:
    """Every price of a tariff in its order; what a no-show costs is told by the terms, not here."""
    return [
        PriceRow(describe(part, element.restrictions), _price(part, tariff))
        for element in tariff.elements
        if element.restrictions is None
        or element.restrictions.reservation != ReservationRestrictionType.RESERVATION_EXPIRES
        for part in element.price_components
    ]


def price_notes(tariff: Tariff) -> list[str]:
    """What the prices do not say by themselves: taxes, limits, the grace of parking."""
    return list(_notes(tariff))


def _notes(tariff: Tariff) -> Iterator[str]:
    if tariff.tax_included == TaxIncluded.YES:
        yield "Prices include VAT."
    if tariff.tax_included == TaxIncluded.NO:
        yield "VAT is added to these prices."
    if tariff.min_price:
        yield f"At least {_limit(tariff.min_price, tariff)} a session."
    if tariff.max_price:
        yield f"At most {_limit(tariff.max_price, tariff)} a session."
    if tariff.idle_grace_minutes:
        yield f"The first {tariff.idle_grace_minutes} minutes of parking without charging are free."
    if tariff.idle_cap is not None:
        yield f"Parking without charging costs at most {Money(tariff.idle_cap, tariff.currency)}."


def _price(part: PriceComponent, tariff: Tariff) -> str:
    vat = f" + {part.vat.normalize():f} % VAT" if part.vat and tariff.tax_included == TaxIncluded.NO else ""
    return f"{_amount(part.price, tariff.currency)} {tariff.currency}{_UNITS[part.type]}{vat}"


def _limit(limit: PriceLimit, tariff: Tariff) -> Money:
    after = limit.after_taxes if limit.after_taxes is not None else limit.before_taxes
    return Money(after, tariff.currency)


def _amount(price: Decimal, currency: str) -> str:
    """A unit price keeps all its decimals, and at least those of its currency."""
    least = minor_unit(currency)
    return f"{price.quantize(least) if price == price.quantize(least) else price.normalize():f}"
