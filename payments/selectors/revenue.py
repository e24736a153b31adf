"""An operator's revenue from the books: per station and day of its site, VAT by rate, and what was paid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Operator
from payments.models import LedgerEntry, LedgerTransaction
from payments.selectors.windows import Edge, Window, home_zone, instant_of, windows

Kind = LedgerTransaction.Kind
Account = LedgerEntry.Account
_ZERO: Final = Decimal(0)
_VAT: Final = """
    SELECT (row ->> 'rate')::numeric, c.currency, sum((row -> 'before_taxes' ->> 'amount')::numeric),
           sum((row -> 'taxes' ->> 'amount')::numeric)
    FROM charging_cdr c JOIN payments_ledgertransaction t ON t.key = 'bill:' || c.id
    CROSS JOIN LATERAL jsonb_array_elements(c.vat) row
    WHERE c.station_id = ANY (%(stations)s) AND c.issued_at >= %(start)s AND c.issued_at < %(end)s
    GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums in one currency. `turnover` are the bills less their credits, VAT included, of which `vat` and the
    platform's `fees` are parts; `on_site` is what of it was paid at the charger; `refunds` went back to cards.
    `lost` is what the operator bears of lost disputes. `bills` counts bills and credits.
    """

    bills: int = 0
    turnover: Decimal = _ZERO
    vat: Decimal = _ZERO
    fees: Decimal = _ZERO
    on_site: Decimal = _ZERO
    refunds: Decimal = _ZERO
    lost: Decimal = _ZERO

    def __add__(self, other: Self) -> Self:
        mine, theirs = asdict(self), asdict(other)
        return type(self)(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def earned(self) -> Decimal:
        """What is the operator's of it, its VAT included."""
        return self.turnover - self.fees - self.lost


@dataclass(frozen=True, slots=True)
class StationDay:
    """What was booked for one station on one day of its site, in one currency."""

    station_id: UUID
    name: str
    day: date
    currency: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Settled:
    """Of one currency, at the end of the window: paid out in it, and earned online but not paid out until then."""

    currency: str
    paid_out: Decimal
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class VatSum:
    """What was billed at one rate, a percentage; None is what no VAT applies to."""

    rate: Decimal | None
    currency: str
    before_taxes: Decimal
    taxes: Decimal


def revenue_days(operator: Operator, *, since: Edge, before: Edge) -> list[StationDay]:
    """What was booked in [since, before), by station and day; days begin at midnight of each site."""
    days = [day for window in windows(operator, since, before) for day in _days_in(operator, window)]
    return sorted(days, key=lambda one: (one.name, one.station_id, one.day, one.currency))


def vat_by_rate(operator: Operator, *, since: Edge, before: Edge) -> list[VatSum]:
    """The VAT rows of the bills and credits that were booked in [since, before), by currency and rate."""
    sums: dict[tuple[str, Decimal | None], tuple[Decimal, Decimal]] = {}
    for window in windows(operator, since, before):
        for rate, currency, net, tax in _vat_rows(window):
            had = sums.get((currency, rate), (_ZERO, _ZERO))
            sums[currency, rate] = had[0] + net, had[1] + tax
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], -1 if item[0][1] is None else item[0][1]))
    return [VatSum(rate, currency, *amounts) for (currency, rate), amounts in ordered]


def settled(operator: Operator, *, since: Edge, before: Edge) -> list[Settled]:
    """What was paid out and what is outstanding, by currency; days begin at midnight of the first station's site."""
    zone = home_zone(operator)
    start, end = instant_of(since, zone), instant_of(before, zone)
    rows = (
        LedgerEntry.objects.filter(operator=operator, transaction__occurred_at__lt=end)
        .values_list("currency")
        .annotate(
            paid=Sum(
                "amount",
                filter=Q(account=Account.OPERATOR_BALANCE, transaction__kind=Kind.PAYOUT)
                & Q(transaction__occurred_at__gte=start),
            ),
            owed=Sum("amount", filter=Q(account__in=[Account.OPERATOR_PAYABLE, Account.TAX])),
        )
        .order_by("currency")
    )
    return [Settled(currency, -(paid or _ZERO), -(owed or _ZERO)) for currency, paid, owed in rows]


def figures_of(entries: QuerySet[LedgerEntry], *by: str, **expressions: Any) -> Iterator[dict[str, Any]]:
    """The entries' Figures as `figures`, for each value of the columns and expressions given."""
    rows = entries.order_by().values(*by, **expressions).annotate(**_SUMS).order_by(*by, *expressions)
    names = [field.name for field in fields(Figures)]
    for row in rows:
        sums = {name: row.pop(name) for name in names}
        summed = {name: value for name, value in sums.items() if value is not None}
        yield {**row, "figures": Figures(**summed)}


def total(parts: Iterable[Figures]) -> Figures:
    """Their sum; zero for none."""
    return sum(parts, Figures())


def _days_in(operator: Operator, window: Window) -> Iterator[StationDay]:
    entries = LedgerEntry.objects.filter(
        operator=operator,
        station__in=window.names,
        transaction__occurred_at__gte=window.start,
        transaction__occurred_at__lt=window.end,
    )
    local_day = TruncDate("transaction__occurred_at", tzinfo=window.zone)
    for row in figures_of(entries, "station_id", "currency", day=local_day):
        yield StationDay(name=window.names[row["station_id"]], **row)


def _vat_rows(window: Window) -> list[tuple[Decimal | None, str, Decimal, Decimal]]:
    values: dict[str, Any] = {"stations": list(window.names), "start": window.start, "end": window.end}
    with connection.cursor() as cursor:
        cursor.execute(_VAT, values)
        rows: list[tuple[Decimal | None, str, Decimal, Decimal]] = cursor.fetchall()
    return rows


def _sum(kind: Kind, *accounts: Account) -> Sum:
    return Sum("amount", filter=Q(transaction__kind=kind, account__in=accounts))


_SUMS: Final[dict[str, Any]] = {
    "bills": Count("pk", filter=Q(transaction__kind=Kind.BILL, account=Account.DRIVER_RECEIVABLE)),
    "turnover": _sum(Kind.BILL, Account.DRIVER_RECEIVABLE),
    "vat": -_sum(Kind.BILL, Account.TAX),
    "fees": -_sum(Kind.BILL, Account.PLATFORM_FEE),
    "on_site": -_sum(Kind.ON_SITE, Account.DRIVER_RECEIVABLE),
    "refunds": _sum(Kind.REFUND, Account.DRIVER_RECEIVABLE),
    "lost": _sum(Kind.DISPUTE, Account.OPERATOR_PAYABLE, Account.TAX),
}
