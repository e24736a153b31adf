"""Reading the books."""

from decimal import Decimal

from evbooking.core.money import Money
from payments.models import LedgerTransaction

Sides = dict[str, str]


def sides(booked: LedgerTransaction | None) -> Sides:
    """A movement's entries as account: amount."""
    assert booked is not None
    return {row.account: f"{row.amount.normalize():f}" for row in booked.entries.order_by("pk")}


def count() -> int:
    return LedgerTransaction.objects.count()


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")
