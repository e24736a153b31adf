"""An operator's month from the books: what was owed to it before and after, and each movement between, in full."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from accounts.models import Operator
from evbooking.core.money import Money
from payments.models import LedgerEntry, LedgerTransaction
from payments.selectors.windows import home_zone
from stations.grid import local_midnight

Account = LedgerEntry.Account
Kind = LedgerTransaction.Kind
_OWED: Final = Q(account__in=[Account.OPERATOR_PAYABLE, Account.TAX])
_REFUND: Final = Q(transaction__kind=Kind.REFUND, account=Account.DRIVER_RECEIVABLE)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `gross` is what a bill says, `vat` what of it is VAT, `fee` the platform's part (all zero for
    what is no bill); `amount` is what it added to what is owed to the operator, negative where it took from it.
    """

    at: datetime
    kind: str
    description: str
    reference: str
    gross: Money
    vat: Money
    fee: Money
    amount: Money

    @property
    def net(self) -> Money:
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class Statement:
    """A month by the operator's clock. `lines` add up to `closing` - `opening`.

    `refunded` went back to drivers' cards: their credits are among the lines, so it is no line of its own.
    """

    operator: Operator
    currency: str
    first: date
    zone: ZoneInfo
    opening: Money
    closing: Money
    lines: list[Line]
    refunded: Money

    @property
    def last(self) -> date:
        return next_month(self.first) - timedelta(days=1)

    def total(self, *kinds: str) -> Money:
        """What the lines of these kinds add up to; of all kinds where none is named."""
        chosen = (line.amount for line in self.lines if not kinds or line.kind in kinds)
        return Money.total(chosen, self.currency)

    def sums(self) -> tuple[Money, Money, Money, Money]:
        """Net, VAT, gross and fees of the bills."""
        columns = zip(*((line.net, line.vat, line.gross, line.fee) for line in self.lines), strict=True)
        totals = [Money.total(column, self.currency) for column in columns]
        return tuple(totals or [Money.zero(self.currency)] * 4)  # type: ignore[return-value]


def statement_of(operator: Operator, *, currency: str, year: int, month: int) -> Statement:
    """The statement of a month, in three queries besides that of the zone. Raises ValueError for no such month."""
    zone, first = home_zone(operator), date(year, month, 1)
    since, before = local_midnight(zone, first), local_midnight(zone, next_month(first))
    entries = LedgerEntry.objects.filter(operator=operator, currency=currency)
    within = Q(transaction__occurred_at__gte=since, transaction__occurred_at__lt=before)
    moved = entries.filter(within).select_related("transaction")
    ordered = moved.order_by("transaction__occurred_at", "transaction__key", "pk")
    return Statement(
        operator=operator,
        currency=currency,
        first=first,
        zone=zone,
        opening=-_sum(entries.filter(_OWED, transaction__occurred_at__lt=since), currency),
        closing=-_sum(entries.filter(_OWED, transaction__occurred_at__lt=before), currency),
        lines=list(_lines(ordered, currency)),
        refunded=_sum(moved.filter(_REFUND), currency),
    )


def months_of(operator: Operator, *, currency: str, now: datetime, at_most: int | None) -> list[date]:
    """The months with a statement, the latest first: from the first movement to this month."""
    zone = home_zone(operator)
    entries = LedgerEntry.objects.filter(_OWED, operator=operator, currency=currency)
    oldest = entries.order_by("transaction__occurred_at").values_list("transaction__occurred_at", flat=True)
    begin = (oldest.first() or now).astimezone(zone).date().replace(day=1)
    month = now.astimezone(zone).date().replace(day=1)
    months: list[date] = []
    while month >= begin and (at_most is None or len(months) < at_most):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _lines(entries: Iterable[LedgerEntry], currency: str) -> Iterator[Line]:
    """One per transaction that changed what is owed to the operator, or billed for it."""
    grouped: dict[Any, tuple[LedgerTransaction, dict[str, Decimal]]] = {}
    for entry in entries:
        _, sums = grouped.setdefault(entry.transaction_id, (entry.transaction, {}))
        sums[entry.account] = sums.get(entry.account, Decimal(0)) + entry.amount
    for transaction, sums in grouped.values():
        if {Account.OPERATOR_PAYABLE, Account.TAX} & sums.keys():
            yield _line(transaction, sums, currency)


def _line(transaction: LedgerTransaction, sums: dict[str, Decimal], currency: str) -> Line:
    def money(*accounts: str) -> Money:
        return Money(-sum((sums.get(name, Decimal(0)) for name in accounts), Decimal(0)), currency)

    zero, is_bill = Money.zero(currency), transaction.kind == Kind.BILL
    return Line(
        at=transaction.occurred_at,
        kind=transaction.kind,
        description=transaction.description,
        reference=transaction.booking_reference,
        gross=-money(Account.DRIVER_RECEIVABLE) if is_bill else zero,
        vat=money(Account.TAX) if is_bill else zero,
        fee=money(Account.PLATFORM_FEE) if is_bill else zero,
        amount=money(Account.OPERATOR_PAYABLE, Account.TAX),
    )


def _sum(entries: Any, currency: str) -> Money:
    return Money(entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), currency)
