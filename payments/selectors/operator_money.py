"""An operator's money at a glance: what it is owed, who owes, what is disputed, and how the last weeks went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek

from accounts.models import Operator
from evbooking.core.money import Money
from payments.ledger import balance
from payments.models import BookingAccount, Dispute, LedgerEntry, LedgerTransaction
from payments.selectors.windows import home_zone

WEEKS: Final = 12
_OPEN: Final = (Dispute.Status.NEEDS_RESPONSE, Dispute.Status.UNDER_REVIEW)
_EARNED: Final = (LedgerTransaction.Kind.BILL, LedgerTransaction.Kind.ON_SITE)
_OWED: Final = (LedgerEntry.Account.OPERATOR_PAYABLE, LedgerEntry.Account.TAX)


@dataclass(frozen=True, slots=True)
class Glance:
    """`unpaid` bookings owe `receivable`; of `disputes`, `answers_due` wait for the operator's answer.

    `weeks`: what each of the last WEEKS weeks added online, by its Monday.
    """

    receivable: Money
    unpaid: int
    disputes: int
    answers_due: int
    weeks: list[tuple[date, Money]]


def glance(operator: Operator, *, currency: str, now: datetime) -> Glance:
    """In five queries."""
    disputes = Dispute.objects.filter(payment__account__operator=operator, status__in=_OPEN).aggregate(
        all=Count("pk"), due=Count("pk", filter=Q(status=Dispute.Status.NEEDS_RESPONSE))
    )
    unpaid = BookingAccount.objects.filter(operator=operator, state=BookingAccount.State.UNPAID)
    return Glance(
        receivable=balance(LedgerEntry.Account.DRIVER_RECEIVABLE, currency, operator=operator),
        unpaid=unpaid.count(),
        disputes=disputes["all"],
        answers_due=disputes["due"],
        weeks=_weeks(operator, currency, now),
    )


def _weeks(operator: Operator, currency: str, now: datetime) -> list[tuple[date, Money]]:
    zone = home_zone(operator)
    today = now.astimezone(zone).date()
    mondays = [today - timedelta(days=today.weekday(), weeks=back) for back in reversed(range(WEEKS))]
    entries = LedgerEntry.objects.filter(
        operator=operator,
        currency=currency,
        account__in=_OWED,
        transaction__kind__in=_EARNED,
        transaction__occurred_at__gte=now - timedelta(weeks=WEEKS),
    )
    weekly = entries.annotate(week=TruncWeek("transaction__occurred_at", tzinfo=zone)).values_list("week")
    sums = {week.date(): -amount for week, amount in weekly.annotate(Sum("amount")).order_by()}
    return [(monday, Money(sums.get(monday, Decimal(0)), currency)) for monday in mondays]
