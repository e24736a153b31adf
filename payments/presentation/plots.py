"""Amounts over time as columns: a zero baseline, and the highest named where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from evbooking.core.money import Money

HEIGHT: Final = 100
GAP: Final = Decimal("0.2")  # of a column's place


@dataclass(frozen=True, slots=True)
class Column:
    """In a plot of HEIGHT units, one unit of width a column; `label` is the time, `text` the amount."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """`baseline` is where zero is; `highest` is None where nothing is above zero."""

    title: str
    columns: list[Column]
    baseline: Decimal
    highest: Column | None

    @property
    def width(self) -> int:
        return len(self.columns)


def columns(title: str, amounts: Sequence[tuple[str, Money]]) -> Plot:
    """A column for each (time, amount), from zero to the amount; all amounts in one currency."""
    values = [money.amount for _, money in amounts]
    top, bottom = max(values, default=Decimal(0)), min(values, default=Decimal(0))
    top, bottom = max(top, Decimal(0)), min(bottom, Decimal(0))
    scale = HEIGHT / (top - bottom) if top > bottom else Decimal(0)
    baseline = _rounded(top * scale)
    drawn = [_column(place, label, money, baseline, scale) for place, (label, money) in enumerate(amounts)]
    highest = drawn[values.index(top)] if top > 0 else None
    return Plot(title, drawn, baseline, highest)


def _column(place: int, label: str, money: Money, baseline: Decimal, scale: Decimal) -> Column:
    height = _rounded(abs(money.amount) * scale)
    y = baseline - height if money.amount > 0 else baseline
    return Column(place + GAP / 2, y, 1 - GAP, height, label, str(money))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
