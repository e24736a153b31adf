"""From priced lines to what is to be paid: the idle cap, the price limits, taxes.

Source: OCPI 2.3.0, mod_tariffs: min_price and max_price bound the total before taxes and the total after
taxes, each on its own. Taxes are rounded once, over all lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from evbooking.core.money import Money, minor_unit
from stations.pricing.quote import Line, LineDimension, Quote
from stations.pricing.tariff import PriceLimit, Tariff, TaxIncluded


class _Totals(NamedTuple):
    before: Money
    after: Money


def rounded(amount: Fraction, currency: str) -> Money:
    """An exact amount as money, half up to the minor unit."""
    unit = minor_unit(currency)
    per_unit = int(1 / unit)
    minor_units = (2 * amount.numerator * per_unit + amount.denominator) // (2 * amount.denominator)
    return Money(minor_units * unit, currency)


def settle(tariff: Tariff, lines: Sequence[Line], *, limited: bool) -> Quote:
    """The quote of these lines; `limited` applies min_price and max_price, which are for sessions only."""
    lines = [*lines, *_idle_cap_lines(tariff, lines)]
    priced = Money.total((line.amount for line in lines), tariff.currency)
    totals = _taxed(tariff, lines, priced)
    if limited:
        totals = _within_limits(tariff, totals)
    excluded = tariff.tax_included is TaxIncluded.NO
    taxes = totals.after - totals.before
    difference = (totals.before if excluded else totals.after) - priced
    if difference:
        lines.append(_limit_line(difference))
    if excluded and taxes:
        lines.append(_adjustment(LineDimension.TAX, "Taxes", taxes))
    return Quote(tuple(lines), totals.before, taxes, totals.after, tariff.tax_included)


def _idle_cap_lines(tariff: Tariff, lines: Iterable[Line]) -> list[Line]:
    """Reductions that bring PARKING_TIME down to the cap, the last line first, each with its line's VAT."""
    if tariff.idle_cap is None:
        return []
    parking = [line for line in lines if line.dimension is LineDimension.PARKING_TIME]
    cap = Money(tariff.idle_cap, tariff.currency)
    excess = Money.total((line.amount for line in parking), tariff.currency) - cap
    cuts = []
    for line in reversed(parking):
        if excess.amount > 0:
            cut = min(line.amount, excess)
            excess -= cut
            cuts.append(
                _adjustment(LineDimension.IDLE_CAP, "Cap on parking without charging", -cut, line.vat)
            )
    return cuts


def _taxed(tariff: Tariff, lines: Iterable[Line], priced: Money) -> _Totals:
    rates = [(Fraction(line.amount.amount), Fraction(line.vat or 0)) for line in lines]
    match tariff.tax_included:
        case TaxIncluded.NO:
            taxes = sum((amount * vat for amount, vat in rates), Fraction(0)) / 100
            return _Totals(priced, priced + rounded(taxes, tariff.currency))
        case TaxIncluded.YES:
            taxes = sum((amount * vat / (100 + vat) for amount, vat in rates), Fraction(0))
            return _Totals(priced - rounded(taxes, tariff.currency), priced)
        case _:
            return _Totals(priced, priced)


def _within_limits(tariff: Tariff, totals: _Totals) -> _Totals:
    before = _clamped(totals.before, _floor_and_ceiling(tariff, "before_taxes"))
    after = totals.after
    if before != totals.before:
        after = rounded(Fraction(before.amount) * _tax_factor(tariff, totals), tariff.currency)
    after = _clamped(after, _floor_and_ceiling(tariff, "after_taxes"))
    return _Totals(after if tariff.tax_included is TaxIncluded.NOT_APPLICABLE else before, after)


def _tax_factor(tariff: Tariff, totals: _Totals) -> Fraction:
    """After taxes per before taxes: this session's own, or that of the first price where it cost nothing."""
    if totals.before:
        return Fraction(totals.after.amount) / Fraction(totals.before.amount)
    if tariff.tax_included is TaxIncluded.NOT_APPLICABLE:
        return Fraction(1)
    return 1 + Fraction(tariff.elements[0].price_components[0].vat or 0) / 100


def _floor_and_ceiling(tariff: Tariff, field: str) -> tuple[Money | None, Money | None]:
    least, most = (_amount(limit, field) for limit in (tariff.min_price, tariff.max_price))
    return (
        None if least is None else Money(least, tariff.currency),
        None if most is None else Money(most, tariff.currency),
    )


def _amount(limit: PriceLimit | None, field: str) -> Decimal | None:
    if limit is None:
        return None
    return limit.before_taxes if field == "before_taxes" else limit.after_taxes


def _clamped(amount: Money, bounds: tuple[Money | None, Money | None]) -> Money:
    least, most = bounds
    if least is not None and amount < least:
        return least
    return most if most is not None and amount > most else amount


def _limit_line(difference: Money) -> Line:
    if difference.amount > 0:
        return _adjustment(LineDimension.MIN_PRICE, "Up to the minimum price", difference)
    return _adjustment(LineDimension.MAX_PRICE, "Down to the maximum price", difference)


def _adjustment(
    dimension: LineDimension, description: str, amount: Money, vat: Decimal | None = None
) -> Line:
    return Line(dimension, description, Decimal(1), "1", amount.amount, amount, vat)
