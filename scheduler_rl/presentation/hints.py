"""A hint at prices as a page and as rows: each hour's present and suggested price with what to expect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from scheduler_rl.presentation.plots import Plot, hours
from scheduler_rl.pricing import Plan, plan, suggested_prices
from scheduler_rl.selectors.market import Ground

KINDS: Final = ("weekday", "weekend")
_WORDS: Final = {"weekday": "Weekdays", "weekend": "Weekend days"}


class HourHint(NamedTuple):
    """One hour of a kind of day. Prices per kWh; utilisation is of one; revenue and sessions are of that hour."""

    kind: str
    hour: int
    present_price: Decimal
    suggested_price: Decimal
    present_utilisation: Decimal
    expected_utilisation: Decimal
    present_revenue: Decimal
    expected_revenue: Decimal


@dataclass(frozen=True, slots=True)
class Hint:
    """All hours, and the sums of a week: revenue and sessions at present and as expected."""

    rows: list[HourHint]
    present: Plan
    suggested: Plan
    currency: str

    @property
    def changes(self) -> bool:
        return any(row.present_price != row.suggested_price for row in self.rows)


class HintPart(NamedTuple):
    """One kind of day on the page."""

    title: str
    plots: list[Plot]
    rows: list[HourHint]


def hint_of(ground: Ground, *, elasticity: float) -> Hint:
    """Present prices and suggested ones, both with Erlang's losses at the assumed elasticity."""
    market = ground.market
    present = plan(market, market.present, elasticity=elasticity)
    suggested = plan(market, suggested_prices(market), elasticity=elasticity)
    rows = [
        _row(kind, hour, present, suggested, number)
        for number, kind in enumerate(KINDS)
        for hour in range(24)
    ]
    return Hint(rows, present, suggested, ground.currency)


def hint_parts(hint: Hint) -> list[HintPart]:
    """Weekdays, then weekend days."""
    return [
        HintPart(_WORDS[kind], _plots(hint, number), [row for row in hint.rows if row.kind == kind])
        for number, kind in enumerate(KINDS)
    ]


def _plots(hint: Hint, number: int) -> list[Plot]:
    price = [
        ("present", hint.present.price[number].tolist()),
        ("suggested", hint.suggested.price[number].tolist()),
    ]
    use = [
        ("at present prices", (100 * hint.present.utilisation[number]).tolist()),
        ("at suggested ones", (100 * hint.suggested.utilisation[number]).tolist()),
    ]
    return [
        hours("Price per kWh", price, unit=hint.currency),
        hours("Expected utilisation", use, unit="%"),
    ]


def _row(kind: str, hour: int, present: Plan, suggested: Plan, number: int) -> HourHint:
    def at(plan_: Plan, name: str, places: str) -> Decimal:
        return Decimal(str(float(getattr(plan_, name)[number, hour]))).quantize(Decimal(places))

    return HourHint(
        kind,
        hour,
        at(present, "price", "0.01"),
        at(suggested, "price", "0.01"),
        at(present, "utilisation", "0.0001"),
        at(suggested, "utilisation", "0.0001"),
        at(present, "revenue", "0.01"),
        at(suggested, "revenue", "0.01"),
    )
