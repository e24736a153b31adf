"""Short ways to write tariffs and sessions in tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stations.pricing import ChargingPeriod, Quote, Tariff

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_0930 = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
SATURDAY_1330 = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
WEEKDAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]


def component(kind: str, price: str, step: int = 1, vat: str | None = None) -> dict[str, Any]:
    document = {"type": kind, "price": price, "step_size": step}
    return document if vat is None else document | {"vat": vat}


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"price_components": list(components)}
    return document | {"restrictions": restrictions} if restrictions else document


def tariff(*elements: dict[str, Any], currency: str = "EUR", tax: str = "NO", **rest: Any) -> Tariff:
    return Tariff.from_ocpi({"currency": currency, "tax_included": tax, "elements": list(elements)} | rest)


def charge(start: datetime, minutes: float, kwh: str = "0", amps: int | None = None) -> ChargingPeriod:
    end = start + timedelta(minutes=minutes)
    return ChargingPeriod(start, end, Decimal(kwh), current_a=None if amps is None else Decimal(amps))


def park(start: datetime, minutes: float) -> ChargingPeriod:
    return ChargingPeriod(start, start + timedelta(minutes=minutes), charging=False)


def totals(quote: Quote) -> tuple[str, str]:
    """(before taxes, after taxes) as plain amounts."""
    return f"{quote.total_before_taxes.amount}", f"{quote.total.amount}"


def lines(quote: Quote) -> list[tuple[str, str, str]]:
    """(dimension, quantity, amount) of each line."""
    return [(str(line.dimension), f"{line.quantity:f}", f"{line.amount.amount}") for line in quote.lines]
