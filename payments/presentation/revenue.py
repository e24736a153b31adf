"""The revenue page: each currency with its totals, its stations, its VAT and its days or months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from evbooking.core.money import Money
from payments.presentation.periods import bucket_of, buckets, named
from payments.presentation.plots import Plot, columns
from payments.selectors.revenue import Figures, Settled, StationDay, VatSum, total


class Amounts(NamedTuple):
    """Figures as money, named by `label`; `share` is its part of the turnover of all, None of none."""

    label: str
    bills: int
    turnover: Money
    vat: Money
    fees: Money
    on_site: Money
    refunds: Money
    lost: Money
    earned: Money
    share: Decimal | None = None
    station_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CurrencyRevenue:
    """Everything of one currency."""

    currency: str
    total: Amounts
    paid_out: Money
    outstanding: Money
    stations: list[Amounts]
    times: list[Amounts]
    vat: list[VatRow]
    plot: Plot


class VatRow(NamedTuple):
    """`rate` as people read it."""

    rate: str
    before_taxes: Money
    taxes: Money


def revenue_page(
    days: Sequence[StationDay], ends: Sequence[Settled], vat: Sequence[VatSum], since: date, before: date
) -> list[CurrencyRevenue]:
    """One for each currency in which anything was booked in the window, or is outstanding."""
    told = [
        end
        for end in ends
        if end.outstanding or end.paid_out or any(one.currency == end.currency for one in days)
    ]
    return [_of_currency(end, days, vat, since, before) for end in told]


def _of_currency(
    end: Settled, days: Sequence[StationDay], vat: Sequence[VatSum], since: date, before: date
) -> CurrencyRevenue:
    currency = end.currency
    mine = [one for one in days if one.currency == currency]
    whole = total(one.figures for one in mine)
    times = _times(mine, currency, since, before)
    return CurrencyRevenue(
        currency,
        amounts("Total", whole, currency),
        Money(end.paid_out, currency),
        Money(end.outstanding, currency),
        _stations(mine, whole, currency),
        [row for row in times if row.bills or row.refunds or row.lost],
        [VatRow(_rate(row.rate), Money(row.before_taxes, currency), Money(row.taxes, currency))
         for row in vat if row.currency == currency],
        columns(f"Turnover in {currency}", [(row.label, row.turnover) for row in times]),
    )  # fmt: skip


def amounts(label: str, figures: Figures, currency: str, **more: Decimal | UUID | None) -> Amounts:
    """Figures of one currency as money."""
    values = (figures.turnover, figures.vat, figures.fees, figures.on_site, figures.refunds, figures.lost)
    monies = [Money(value, currency) for value in (*values, figures.earned)]
    return Amounts(label, figures.bills, *monies, **more)  # type: ignore[arg-type]  # share and station_id


def _stations(days: Sequence[StationDay], whole: Figures, currency: str) -> list[Amounts]:
    """By turnover, the highest first."""
    sums: dict[tuple[UUID, str], Figures] = {}
    for one in days:
        key = (one.station_id, one.name)
        sums[key] = sums.get(key, Figures()) + one.figures
    rows = [
        amounts(name, figures, currency, share=_share(figures, whole), station_id=station)
        for (station, name), figures in sums.items()
    ]
    return sorted(rows, key=lambda row: -row.turnover.amount)


def _times(days: Sequence[StationDay], currency: str, since: date, before: date) -> list[Amounts]:
    sums = {bucket: Figures() for bucket in buckets(since, before)}
    for one in days:
        sums[bucket_of(one.day, since, before)] += one.figures
    return [amounts(named(bucket, since, before), figures, currency) for bucket, figures in sums.items()]


def _share(part: Figures, whole: Figures) -> Decimal | None:
    return max(Decimal(0), part.turnover / whole.turnover) if whole.turnover > 0 else None


def _rate(rate: Decimal | None) -> str:
    return "none" if rate is None else f"{rate.normalize():f} %"
