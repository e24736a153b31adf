"""Tariff pricing: a pure function (tariff, period, energy, meter profile) > lines and total."""

from stations.pricing.elements import (
    DayOfWeek,
    Element,
    PriceComponent,
    ReservationRestrictionType,
    Restrictions,
    TariffDimensionType,
)
from stations.pricing.price import price, price_expired_reservation, quote, quote_many
from stations.pricing.profile import ChargingPeriod, InvalidProfile, Profile, constant_power
from stations.pricing.quote import Line, LineDimension, Quote
from stations.pricing.tariff import InvalidTariff, PriceLimit, Tariff, TariffType, TaxIncluded

__all__ = [
    "ChargingPeriod",
    "DayOfWeek",
    "Element",
    "InvalidProfile",
    "InvalidTariff",
    "Line",
    "LineDimension",
    "PriceComponent",
    "PriceLimit",
    "Profile",
    "Quote",
    "ReservationRestrictionType",
    "Restrictions",
    "Tariff",
    "TariffDimensionType",
    "TariffType",
    "TaxIncluded",
    "constant_power",
    "price",
    "price_expired_reservation",
    "quote",
    "quote_many",
]
