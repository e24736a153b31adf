"""Payouts in the books: what operators were owed goes from their balance at Stripe to their bank."""

from evbooking.core.money import Money
from payments.ledger.balances import balance
from payments.ledger.recording import Account, Entry, Kind, Parties, entries_of, record
from payments.models import LedgerTransaction, Payout


def post_payout(payout: Payout) -> LedgerTransaction | None:
    """PAYOUT `payout:<payout>`, at `created_at`: pays what is owed to the operator, and the rest from its VAT."""
    money, parties = Money(payout.amount, payout.currency), Parties(operator_id=payout.account_id)
    tax = _tax_part(payout, money)
    return record(
        Kind.PAYOUT,
        key=f"payout:{payout.pk}",
        occurred_at=payout.created_at,
        description="Payout to the bank",
        entries=[
            Entry(Account.OPERATOR_PAYABLE, money - tax, parties),
            Entry(Account.TAX, tax, parties),
            Entry(Account.OPERATOR_BALANCE, -money, parties),
        ],
    )


def return_payout(payout: Payout) -> LedgerTransaction | None:
    """PAYOUT `payout:<payout>:failed`, at `last_updated`: it came back. None where none was booked."""
    return record(
        Kind.PAYOUT,
        key=f"payout:{payout.pk}:failed",
        occurred_at=payout.last_updated,
        description="Payout came back",
        entries=[-entry for entry in entries_of(f"payout:{payout.pk}")],
    )


def _tax_part(payout: Payout, money: Money) -> Money:
    """What of a payout is VAT: as far as it is more than what is owed besides, at most the VAT outstanding."""
    operator, zero = payout.account.operator, Money.zero(payout.currency)
    owed = max(zero, -balance(Account.OPERATOR_PAYABLE, payout.currency, operator=operator))
    tax = max(zero, -balance(Account.TAX, payout.currency, operator=operator))
    return min(tax, max(zero, money - owed))
