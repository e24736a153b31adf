"""What can be paid out to an operator, and what stands against it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Case, DecimalField, F, Q, Sum, Value, When

from evbooking.core.money import Money
from payments.amounts import payable_out
from payments.ledger import balance
from payments.models import Dispute, LedgerEntry, OperatorAccount, Payout

Account = LedgerEntry.Account
_OPEN: Final = Q(status__in=[Dispute.Status.NEEDS_RESPONSE, Dispute.Status.UNDER_REVIEW])
_ZERO: Final = Value(Decimal(0), DecimalField(max_digits=12, decimal_places=3))


@dataclass(frozen=True, slots=True)
class Payable:
    """An operator's money in its account's currency.

    `owed`: by its bills, VAT included, less fees, payouts and lost disputes. `arrived`: what lies on its balance at
    Stripe and no dispute may take back. `held`: kept back for open disputes. `under_way`: a payout that Stripe has
    not confirmed.
    """

    owed: Money
    arrived: Money
    held: Money
    under_way: Money

    @property
    def available(self) -> Money:
        """What may be paid out as far as our books know, in steps that Stripe pays out; never negative."""
        ours = min(self.owed - self.held, self.arrived) - self.under_way
        return payable_out(max(Money.zero(ours.currency), ours))


def payable_of(account: OperatorAccount) -> Payable:
    """As of now, in five sums."""
    operator, currency = account.operator, account.currency
    owed = balance(Account.OPERATOR_PAYABLE, currency, operator=operator)
    owed += balance(Account.TAX, currency, operator=operator)
    arrived = balance(Account.OPERATOR_BALANCE, currency, operator=operator)
    taken, there = _held(account)
    pending = account.payouts.filter(currency=currency, status=Payout.Status.PENDING)
    sent = pending.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Payable(-owed, arrived - there, taken + there, Money(sent, currency))


def _held(account: OperatorAccount) -> tuple[Money, Money]:
    """Of open disputes: what was taken back from the operator's balance, and what still lies there.

    Until the reversal is known, all that is disputed counts as lying there.
    """
    disputes = Dispute.objects.filter(
        _OPEN, payment__account__operator=account.operator, currency=account.currency
    )
    reversed_ = Case(When(reversal_id="", then=_ZERO), default=F("held_amount"))
    still_there = Case(When(reversal_id="", then=F("amount")), default=_ZERO)
    sums = disputes.aggregate(taken=Sum(reversed_), there=Sum(still_there))
    taken, there = (Money(sums[name] or Decimal(0), account.currency) for name in ("taken", "there"))
    return taken, there
