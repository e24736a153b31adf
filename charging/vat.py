"""Taxes by rate: how the totals of a quote divide among its VAT rates, to the last minor unit.

Taxes are rounded once over all lines (stations.pricing.settle), so the rates share that sum: each gets its
exact part rounded down, and the minor units left over go to the largest remainders. The rows add up to the
quote's totals, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evbooking.core.api.json import decimal_string
from evbooking.core.money import Money, minor_unit
from stations.pricing import LineDimension, Quote, TaxIncluded

_OF_NO_RATE = {LineDimension.TAX, LineDimension.MIN_PRICE, LineDimension.MAX_PRICE}


@dataclass(frozen=True, slots=True)
class VatRow:
    """What was taxed at one rate, a percentage; None is what no VAT applies to."""

    rate: Decimal | None
    before_taxes: Money
    taxes: Money

    def __neg__(self) -> "VatRow":
        return VatRow(self.rate, -self.before_taxes, -self.taxes)

    def as_json(self) -> dict[str, Any]:
        return {
            "rate": None if self.rate is None else decimal_string(self.rate),
            "before_taxes": self.before_taxes.as_json(),
            "taxes": self.taxes.as_json(),
            "after_taxes": (self.before_taxes + self.taxes).as_json(),
        }


def vat_rows(quote: Quote) -> tuple[VatRow, ...]:
    """One row per rate of the quote's lines, the lowest first; none for a quote of nothing.

    A price limit is spread over the rates as what was used is. Where only a limit made a price, or taxes that no
    rate explains, they stand in the first row.
    """
    net, taxes = _exact(quote)
    if not net and (quote.total_before_taxes or quote.taxes):
        net[None] = taxes[None] = Fraction(0)
    rates = sorted(net, key=lambda rate: -1 if rate is None else rate)
    before = _shared(quote.total_before_taxes, [net[rate] for rate in rates])
    weights = [taxes[rate] for rate in rates]
    taxed = _shared(quote.taxes, weights if any(weights) else [net[rate] for rate in rates])
    return tuple(VatRow(*row) for row in zip(rates, before, taxed, strict=True))


def rescaled(rows: Sequence[VatRow], total: Money) -> tuple[VatRow, ...]:
    """The rows in the same proportions, to the minor unit, so that together they come to `total`, taxes included."""
    before, taxes = (
        [Fraction(row.before_taxes.amount) for row in rows],
        [Fraction(row.taxes.amount) for row in rows],
    )
    all_before, all_taxes = _shared(total, [sum(before, Fraction(0)), sum(taxes, Fraction(0))])
    parts = zip(rows, _shared(all_before, before), _shared(all_taxes, taxes), strict=True)
    return tuple(VatRow(row.rate, *part) for row, *part in parts)


def _exact(quote: Quote) -> tuple[dict[Decimal | None, Fraction], dict[Decimal | None, Fraction]]:
    """Exact amounts before taxes, and exact taxes, by rate."""
    net: dict[Decimal | None, Fraction] = {}
    taxes: dict[Decimal | None, Fraction] = {}
    for line in quote.lines:
        if line.dimension in _OF_NO_RATE:
            continue
        amount, share = Fraction(line.amount.amount), _tax_share(quote.tax_included, line.vat)
        net[line.vat] = net.get(line.vat, Fraction(0)) + amount * (1 - share)
        taxes[line.vat] = taxes.get(line.vat, Fraction(0)) + amount * share
    if quote.tax_included is TaxIncluded.NO:
        taxes = {rate: amount * Fraction(rate or 0) / 100 for rate, amount in net.items()}
    return net, taxes


def _tax_share(included: TaxIncluded, vat: Decimal | None) -> Fraction:
    """Which part of a line's amount is tax; none where taxes are on top or not spoken of."""
    if included is not TaxIncluded.YES or vat is None:
        return Fraction(0)
    return Fraction(vat) / (100 + Fraction(vat))


def _shared(total: Money, weights: Sequence[Fraction]) -> list[Money]:
    """The total divided by the weights (0 or more) in whole minor units; all to the first where none weighs."""
    if not weights:
        return []
    unit = minor_unit(total.currency)
    units = int(total.amount / unit)
    if not any(weights):
        weights = [Fraction(1), *[Fraction(0)] * (len(weights) - 1)]
    exact = [units * weight / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: units - sum(whole)]:
        whole[at] += 1
    return [Money(part * unit, total.currency) for part in whole]


def row_of(document: Mapping[str, Any]) -> VatRow:
    """Reads what `as_json` wrote."""
    rate = document["rate"]
    return VatRow(
        None if rate is None else Decimal(rate),
        Money.from_json(document["before_taxes"]),
        Money.from_json(document["taxes"]),
    )
