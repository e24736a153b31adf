"""The bill: pure functions from a tariff and what was used to lines, totals and VAT per rate.

The same inputs give the same bill, years later too: a CDR stores its inputs beside the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from charging.vat import VatRow, vat_rows
from evbooking.core.money import Money
from stations.pricing import Profile, Quote, Tariff, price, price_expired_reservation

NO_SHOW_FEE = "NO_SHOW_FEE"

Reserved = tuple[datetime, datetime]
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines as a quote's `as_json` writes them. `total` is the sum of the lines, and of before and taxes."""

    lines: tuple[Line, ...]
    vat: tuple[VatRow, ...]
    total_before_taxes: Money
    taxes: Money
    total: Money
    tax_included: str

    @classmethod
    def of(cls, quote: Quote) -> Self:
        lines = tuple(line.as_json() for line in quote.lines)
        rows = vat_rows(quote)
        return cls(lines, rows, quote.total_before_taxes, quote.taxes, quote.total, str(quote.tax_included))

    def as_json(self) -> dict[str, Any]:
        """The quote object of the API, and `vat` beside it."""
        return {
            "lines": list(self.lines),
            "total_before_taxes": self.total_before_taxes.as_json(),
            "taxes": self.taxes.as_json(),
            "total": self.total.as_json(),
            "tax_included": self.tax_included,
            "vat": [row.as_json() for row in self.vat],
        }

    def __neg__(self) -> "Bill":
        """The credit of this bill: quantities and amounts with the opposite sign, unit prices as they were."""
        return Bill(
            tuple(_negated(line) for line in self.lines),
            tuple(-row for row in self.vat),
            -self.total_before_taxes,
            -self.taxes,
            -self.total,
            self.tax_included,
        )


def bill_session(tariff: Tariff, profile: Profile, *, zone: ZoneInfo, reserved: Reserved | None) -> Bill:
    """The bill of a session; `reserved` is [from, until) during which the EVSE was kept before plugging in."""
    return Bill.of(price(tariff, profile, zone=zone, reserved=reserved))


def bill_no_show(tariff: Tariff, *, reserved: Reserved, zone: ZoneInfo, fee: Decimal) -> Bill:
    """The bill of a booking nobody came for: the tariff's reservation prices, and the fee of the booking terms.

    The fee stands for damage and not for a service, so no VAT applies to it.
    """
    bill = Bill.of(price_expired_reservation(tariff, reserved=reserved, zone=zone))
    amount = Money(fee, tariff.currency)
    return _with_fee(bill, amount) if amount else bill


def _with_fee(bill: Bill, fee: Money) -> Bill:
    line: Line = {
        "dimension": NO_SHOW_FEE,
        "description": "No-show fee of the booking terms",
        "quantity": "1",
        "unit": "1",
        "unit_price": fee.as_json(),
        "amount": fee.as_json(),
        "vat": None,
    }
    return Bill(
        (*bill.lines, line),
        _with_untaxed(bill.vat, fee),
        bill.total_before_taxes + fee,
        bill.taxes,
        bill.total + fee,
        bill.tax_included,
    )


def _with_untaxed(rows: Sequence[VatRow], amount: Money) -> tuple[VatRow, ...]:
    untaxed = next((row for row in rows if row.rate is None), None)
    others = tuple(row for row in rows if row.rate is not None)
    if untaxed is None:
        return (VatRow(None, amount, Money.zero(amount.currency)), *others)
    return (VatRow(None, untaxed.before_taxes + amount, untaxed.taxes), *others)


def _negated(line: Line) -> Line:
    quantity, amount = Decimal(line["quantity"]), Money.from_json(line["amount"])
    return {**line, "quantity": f"{-quantity + 0:f}", "amount": (-amount).as_json()}
