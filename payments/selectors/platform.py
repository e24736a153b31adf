"""The platform's own money: per operator and month (UTC) from the books, and what became of holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Operator
from bookings.models import BookingTransition
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, LedgerEntry, LedgerTransaction

Kind = LedgerTransaction.Kind
Account = LedgerEntry.Account
UTC: Final = ZoneInfo("UTC")
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class PlatformFigures:
    """Sums in one currency. `turnover` are all bills less credits, `online` those of them not paid at the charger.

    `disputed` were opened, of which `lost` is what the platform bears by now; `refunds` went back to cards.
    """

    turnover: Decimal = _ZERO
    online: Decimal = _ZERO
    fees: Decimal = _ZERO
    plans: Decimal = _ZERO
    stripe_fees: Decimal = _ZERO
    lost: Decimal = _ZERO
    refunds: Decimal = _ZERO
    disputed: Decimal = _ZERO

    def __add__(self, other: Self) -> Self:
        mine, theirs = asdict(self), asdict(other)
        return type(self)(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def net(self) -> Decimal:
        """What the platform keeps."""
        return self.fees + self.plans - self.stripe_fees - self.lost


@dataclass(frozen=True, slots=True)
class PlatformMonth:
    """One operator in one month, in one currency; `operator_id` None is what belongs to none."""

    operator_id: UUID | None
    name: str
    month: date
    currency: str
    figures: PlatformFigures


@dataclass(frozen=True, slots=True)
class Holds:
    """Holds that had to be paid online, by how they ended; a late payment that was taken after all is paid."""

    paid: int
    abandoned: int

    @property
    def conversion(self) -> Decimal | None:
        """Paid of all; None of none."""
        ended = self.paid + self.abandoned
        return Decimal(self.paid) / ended if ended else None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What drivers owe for bookings that could not be charged, now."""

    currency: str
    bookings: int
    amount: Decimal


def platform_months(start: datetime, end: datetime) -> list[PlatformMonth]:
    """What was booked in [start, end), by operator's name and month."""
    entries = LedgerEntry.objects.filter(
        transaction__occurred_at__gte=start, transaction__occurred_at__lt=end
    ).exclude(account__in=[Account.OPERATOR_BALANCE, Account.STRIPE_BALANCE])
    month = TruncMonth("transaction__occurred_at", tzinfo=UTC)
    rows = entries.order_by().values("operator_id", "currency", month=month).annotate(**_SUMS)
    names = dict(Operator.objects.values_list("pk", "name"))
    found = [_month(dict(row), names) for row in rows]
    told = [one for one in found if one.figures != PlatformFigures()]
    return sorted(told, key=lambda one: (one.name, str(one.operator_id), one.month, one.currency))


def holds(start: datetime, end: datetime) -> Holds:
    """How many holds paid online ended in [start, end) with a slot, and how many without.

    What only keeps a dearer slot for a booking is none.
    """
    ended = BookingTransition.objects.filter(
        at__gte=start,
        at__lt=end,
        booking__terms__payment="ONLINE",
        booking__total_amount__gt=0,
        booking__replaces=None,
    )
    paid = Q(from_status__in=[S.HELD, S.EXPIRED], to_status__in=[S.RESERVED, S.PENDING])
    abandoned = Q(from_status=S.HELD, to_status__in=[S.EXPIRED, S.CANCELED])
    return Holds(**ended.aggregate(paid=Count("pk", filter=paid), abandoned=Count("pk", filter=abandoned)))


def unpaid() -> list[Unpaid]:
    """By currency."""
    references = BookingAccount.objects.filter(state=BookingAccount.State.UNPAID).values("booking__reference")
    rows = (
        LedgerEntry.objects.filter(
            account=Account.DRIVER_RECEIVABLE, transaction__booking_reference__in=references
        )
        .values_list("currency")
        .annotate(Count("transaction__booking_reference", distinct=True), Sum("amount"))
        .order_by("currency")
    )
    return [Unpaid(*row) for row in rows]


def _month(row: dict[str, Any], names: dict[UUID, str]) -> PlatformMonth:
    sums = {field.name: row[field.name] for field in fields(PlatformFigures) if row[field.name] is not None}
    operator = row["operator_id"]
    name = names.get(operator, "No operator")
    return PlatformMonth(operator, name, row["month"].date(), row["currency"], PlatformFigures(**sums))


def _sum(*accounts: Account, **having: Any) -> Sum:
    return Sum("amount", filter=Q(account__in=accounts, **having))


_SUMS: Final[dict[str, Any]] = {
    "turnover": _sum(Account.DRIVER_RECEIVABLE, transaction__kind=Kind.BILL),
    "online": _sum(Account.DRIVER_RECEIVABLE, transaction__kind__in=[Kind.BILL, Kind.ON_SITE]),
    "fees": -_sum(Account.PLATFORM_FEE, transaction__kind=Kind.BILL),
    "plans": -_sum(Account.SUBSCRIPTIONS),
    "stripe_fees": _sum(Account.STRIPE_FEES),
    "lost": _sum(Account.PLATFORM_FEE, Account.DISPUTE_LOSSES, transaction__kind=Kind.DISPUTE),
    "refunds": _sum(Account.DRIVER_RECEIVABLE, transaction__kind=Kind.REFUND),
    "disputed": _sum(Account.DISPUTED, amount__gt=0),
}
