"""The platform's report as a page: each currency with its totals, months and operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from evbooking.core.money import Money
from payments.presentation.plots import Plot, columns
from payments.selectors.platform import PlatformFigures, PlatformMonth


class PlatformAmounts(NamedTuple):
    """Figures as money, named by `label`."""

    label: str
    turnover: Money
    online: Money
    fees: Money
    plans: Money
    stripe_fees: Money
    lost: Money
    refunds: Money
    disputed: Money
    net: Money


@dataclass(frozen=True, slots=True)
class CurrencyPlatform:
    """Everything of one currency; the plots show the months without anything too."""

    currency: str
    total: PlatformAmounts
    months: list[PlatformAmounts]
    operators: list[PlatformAmounts]
    plots: list[Plot]


def platform_page(rows: Sequence[PlatformMonth], months: Sequence[date]) -> list[CurrencyPlatform]:
    """One for each currency in which anything was booked; `months` are the firsts of all months shown."""
    return [
        _of_currency(currency, [row for row in rows if row.currency == currency], months)
        for currency in sorted({row.currency for row in rows})
    ]


def _of_currency(currency: str, rows: Sequence[PlatformMonth], months: Sequence[date]) -> CurrencyPlatform:
    by_month = [
        _amounts(f"{month:%b %Y}", [row.figures for row in rows if row.month == month], currency)
        for month in months
    ]
    return CurrencyPlatform(
        currency,
        _amounts("All", [row.figures for row in rows], currency),
        [one for one in by_month if any(isinstance(money, Money) and money for money in one)],
        _operators(rows, currency),
        [
            columns(f"Turnover in {currency}", [(one.label, one.turnover) for one in by_month]),
            columns(f"Kept by the platform in {currency}", [(one.label, one.net) for one in by_month]),
        ],
    )


def _operators(rows: Sequence[PlatformMonth], currency: str) -> list[PlatformAmounts]:
    """By turnover, the highest first."""
    keys = dict.fromkeys((row.operator_id, row.name) for row in rows)
    sums = [
        _amounts(name, [row.figures for row in rows if row.operator_id == operator], currency)
        for operator, name in keys
    ]
    return sorted(sums, key=lambda one: -one.turnover.amount)


def _amounts(label: str, parts: Sequence[PlatformFigures], currency: str) -> PlatformAmounts:
    figures = sum(parts, PlatformFigures())
    values = (*asdict(figures).values(), figures.net)
    return PlatformAmounts(label, *(Money(value, currency) for value in values))
