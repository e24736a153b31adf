"""Stations in words, for the pages of their operators and administrators. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple

from evbooking.core.money import minor_unit
from evbooking.core.ocpi import Facility
from stations.pricing import Tariff, TariffDimensionType
from stations.pricing.describe import describe

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS: Final = {
    TariffDimensionType.ENERGY: "/kWh",
    TariffDimensionType.TIME: "/h",
    TariffDimensionType.PARKING_TIME: "/h",
    TariffDimensionType.FLAT: "",
}


class PriceLine(NamedTuple):
    """What a price is for, and how much it is: ("Energy (22:00–06:00)", "0.39 EUR/kWh")."""

    name: str
    price: str


def price_lines(document: Mapping[str, Any]) -> list[PriceLine]:
    """The prices, limits and idle rules of a stored OCPI Tariff object."""
    tariff = Tariff.from_ocpi(document)
    lines = [
        PriceLine(
            describe(part, element.restrictions), _money(part.price, tariff.currency) + _UNITS[part.type]
        )
        for element in tariff.elements
        for part in element.price_components
    ]
    return [*lines, *_limits(tariff)]


def week_lines(hours: Mapping[str, Any]) -> list[str]:
    """OCPI Hours by runs of equal days: ["Mon–Fri 07:00–20:00", "Sat 09:00–14:00"]; exceptions are counted."""
    if hours["twentyfourseven"]:
        lines = ["Day and night"]
    else:
        lines = [f"{_run(days)} {text}" for text, days in _runs(hours) if text]
    exceptions = [*hours.get("exceptional_openings", ()), *hours.get("exceptional_closings", ())]
    return [*lines, f"{len(exceptions)} exceptions"] if exceptions else lines


def minutes_text(minutes: int) -> str:
    """1 h 15 min, 30 days, 0 min."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (left, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def hours_text(hours: str) -> str:
    """The hours of a price line, a decimal string, as 14 min, 1 h 30 min, 5 min 10 s."""
    minutes, seconds = divmod(round(Decimal(hours) * 3600), 60)
    if not seconds:
        return minutes_text(minutes)
    return f"{minutes_text(minutes)} {seconds} s" if minutes else f"{seconds} s"


def facility_names(facilities: list[str]) -> str:
    """Facilities as people call them, separated by commas."""
    return ", ".join(str(Facility(facility).label) for facility in facilities)


def _limits(tariff: Tariff) -> Iterator[PriceLine]:
    for name, limit in (("A session at least", tariff.min_price), ("A session at most", tariff.max_price)):
        if limit is not None:
            amount = limit.before_taxes if limit.after_taxes is None else limit.after_taxes
            yield PriceLine(name, _money(amount, tariff.currency))
    if tariff.idle_grace_minutes:
        yield PriceLine("Idling is free for", minutes_text(tariff.idle_grace_minutes))
    if tariff.idle_cap is not None:
        yield PriceLine("Idling at most", _money(tariff.idle_cap, tariff.currency))


def _money(amount: Decimal, currency: str) -> str:
    unit = minor_unit(currency)
    shown = amount.normalize() if amount % unit else amount.quantize(unit)
    return f"{shown:f} {currency}"


def _runs(hours: Mapping[str, Any]) -> Iterator[tuple[str, list[int]]]:
    texts = [
        ", ".join(
            f"{period['period_begin']}–{period['period_end']}"
            for period in hours.get("regular_hours", ())
            if period["weekday"] == day
        )
        for day in range(1, 8)
    ]
    for text, days in groupby(range(7), key=texts.__getitem__):
        yield text, list(days)


def _run(days: list[int]) -> str:
    return _DAYS[days[0]] if len(days) == 1 else f"{_DAYS[days[0]]}–{_DAYS[days[-1]]}"
