"""Quote: the lines and totals that a tariff asks for a session, as a driver sees and pays them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from evbooking.core.money import Money
from stations.pricing.tariff import TaxIncluded


class LineDimension(StrEnum):
    """What a line is for: OCPI's dimensions, reservations, and the adjustments of a whole session."""

    RESERVATION = "RESERVATION"
    RESERVATION_EXPIRES = "RESERVATION_EXPIRES"
    FLAT = "FLAT"
    ENERGY = "ENERGY"
    TIME = "TIME"
    PARKING_TIME = "PARKING_TIME"
    IDLE_CAP = "IDLE_CAP"
    MIN_PRICE = "MIN_PRICE"
    MAX_PRICE = "MAX_PRICE"
    TAX = "TAX"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `amount` is quantity x unit_price rounded once, half up.

    `quantity` is in `unit` (kWh, h, or 1), shown with up to six decimals while the amount comes from the
    exact one. Amounts include taxes or not as the tariff says; `vat` is the line's percentage, None without.
    """

    dimension: LineDimension
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Money
    vat: Decimal | None

    def as_json(self) -> dict[str, Any]:
        """The line of the API: money objects, quantity and vat as decimal strings."""
        return {
            "dimension": str(self.dimension),
            "description": self.description,
            "quantity": _plain(self.quantity),
            "unit": self.unit,
            "unit_price": {"amount": f"{self.unit_price:f}", "currency": self.amount.currency},
            "amount": self.amount.as_json(),
            "vat": None if self.vat is None else _plain(self.vat),
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """What a session or a reservation costs: `total` is the sum of the lines' amounts, always.

    Where prices exclude taxes the last line is the TAX, rounded once over all lines; where they include them
    `taxes` says how much of the total they are.
    """

    lines: tuple[Line, ...]
    total_before_taxes: Money
    taxes: Money
    total: Money
    tax_included: TaxIncluded

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": [line.as_json() for line in self.lines],
            "total_before_taxes": self.total_before_taxes.as_json(),
            "taxes": self.taxes.as_json(),
            "total": self.total.as_json(),
            "tax_included": str(self.tax_included),
        }


def _plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
