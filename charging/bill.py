"""The bill: pure functions from a tariff and what was used to lines, totals and VAT per rate.

The same inputs give the same bill, years later too: a CDR stores its inputs beside the result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from charging.vat import VatRow, rescaled, vat_rows
from evbooking.core.money import Money
from stations.pricing import Profile, Quote, Tariff, TaxIncluded, price, price_expired_reservation

NO_SHOW_FEE = "NO_SHOW_FEE"
CANCELLATION_FEE = "CANCELLATION_FEE"
ADJUSTMENT = "ADJUSTMENT"

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


class Adjustment(NamedTuple):
    """A later correction of a bill: below zero a reduction, above zero what is owed besides; why, in words."""

    amount: Money
    reason: str


def bill_session(tariff: Tariff, profile: Profile, *, zone: ZoneInfo, reserved: Reserved | None) -> Bill:
    """The bill of a session; `reserved` is [from, until) during which the EVSE was kept before plugging in."""
    return Bill.of(price(tariff, profile, zone=zone, reserved=reserved))


def bill_no_show(tariff: Tariff, *, reserved: Reserved, zone: ZoneInfo, fee: Decimal) -> Bill:
    """The bill of a booking nobody came for: the tariff's reservation prices, and the fee of the booking terms.

    The fee stands for damage and not for a service, so no VAT applies to it.
    """
    bill = Bill.of(price_expired_reservation(tariff, reserved=reserved, zone=zone))
    amount = Money(fee, tariff.currency)
    return _with_untaxed(bill, _line(NO_SHOW_FEE, "No-show fee of the booking terms", amount), amount)


def bill_cancellation(tariff: Tariff, *, fee: Decimal) -> Bill:
    """The bill of a booking that was canceled late: the fee of the booking terms, to which no VAT applies either."""
    nothing, amount = Money.zero(tariff.currency), Money(fee, tariff.currency)
    bill = Bill((), (), nothing, nothing, nothing, str(TaxIncluded.NOT_APPLICABLE))
    line = _line(CANCELLATION_FEE, "Late cancellation fee of the booking terms", amount)
    return _with_untaxed(bill, line, amount)


def adjusted(bill: Bill, adjustments: Iterable[Adjustment]) -> Bill:
    """The bill with a line for each adjustment.

    A reduction lowers the price of all that was billed, so each rate gives its part of it, taxes included; what
    is owed besides is no part of the service, and no VAT applies to it.
    """
    for amount, reason in adjustments:
        line = _line(ADJUSTMENT, f"Adjustment: {reason}", amount)
        change = _reduced if amount.amount < 0 else _with_untaxed
        bill = change(bill, line, amount)
    return bill


def _line(dimension: str, description: str, amount: Money) -> Line:
    return {
        "dimension": dimension,
        "description": description,
        "quantity": "1",
        "unit": "1",
        "unit_price": amount.as_json(),
        "amount": amount.as_json(),
        "vat": None,
    }


def _with_untaxed(bill: Bill, line: Line, amount: Money) -> Bill:
    if not amount:
        return bill
    return Bill(
        (*bill.lines, line),
        _untaxed_first(bill.vat, amount),
        bill.total_before_taxes + amount,
        bill.taxes,
        bill.total + amount,
        bill.tax_included,
    )


def _reduced(bill: Bill, line: Line, amount: Money) -> Bill:
    total = bill.total + amount
    rows = rescaled(bill.vat, total)
    return Bill(
        (*bill.lines, line),
        rows,
        Money.total((row.before_taxes for row in rows), total.currency),
        Money.total((row.taxes for row in rows), total.currency),
        total,
        bill.tax_included,
    )


def _untaxed_first(rows: Sequence[VatRow], amount: Money) -> tuple[VatRow, ...]:
    untaxed = next((row for row in rows if row.rate is None), None)
    others = tuple(row for row in rows if row.rate is not None)
    if untaxed is None:
        return (VatRow(None, amount, Money.zero(amount.currency)), *others)
    return (VatRow(None, untaxed.before_taxes + amount, untaxed.taxes), *others)


def _negated(line: Line) -> Line:
    quantity, amount = Decimal(line["quantity"]), Money.from_json(line["amount"])
    return {**line, "quantity": f"{-quantity + 0:f}", "amount": (-amount).as_json()}
