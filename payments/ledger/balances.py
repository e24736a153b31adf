"""What the accounts of the books hold: sums of entries, debit positive."""

from decimal import Decimal

from django.db.models import Sum

from accounts.models import Operator
from evbooking.core.money import Money
from payments.models import LedgerEntry


def balance(
    account: LedgerEntry.Account,
    currency: str,
    *,
    operator: Operator | None = None,
    booking_reference: str | None = None,
) -> Money:
    """The sum of an account's entries in one currency, debit positive; of one operator or booking where given."""
    entries = LedgerEntry.objects.filter(account=account, currency=currency)
    if operator is not None:
        entries = entries.filter(operator=operator)
    if booking_reference is not None:
        entries = entries.filter(transaction__booking_reference=booking_reference)
    amount: Decimal | None = entries.aggregate(sum=Sum("amount"))["sum"]
    return Money(amount or Decimal(0), currency)
