"""Money that moved at Stripe: captures, refunds, transfers, fees and operators' plans in the books."""

from datetime import datetime

from accounts.models import Operator
from evbooking.core.money import Money
from payments.ledger.recording import (
    Account,
    Kind,
    Parties,
    entries_of,
    record,
    reference_of,
    transfer_of,
)
from payments.models import LedgerTransaction, Payment, Refund


def post_capture(payment: Payment) -> LedgerTransaction | None:
    """CAPTURE `capture:<payment>`: `captured_amount` came in at `captured_at` (or `last_updated`)."""
    return _move(
        Kind.CAPTURE,
        f"capture:{payment.pk}",
        payment,
        Money(payment.captured_amount, payment.currency),
        at=payment.captured_at or payment.last_updated,
        description=f"Paid by {payment.card or 'card'}",
        sides=(Account.STRIPE_BALANCE, Account.DRIVER_RECEIVABLE),
    )


def post_refund(refund: Refund) -> LedgerTransaction | None:
    """REFUND `refund:<refund>`: its amount went back to the card, at `created_at`."""
    return _move(
        Kind.REFUND,
        f"refund:{refund.pk}",
        refund.payment,
        Money(refund.amount, refund.currency),
        at=refund.created_at,
        description=f"Refund: {refund.get_reason_display()}",
        sides=(Account.DRIVER_RECEIVABLE, Account.STRIPE_BALANCE),
    )


def return_refund(refund: Refund) -> LedgerTransaction | None:
    """REFUND `refund:<refund>:failed`: the bank sent it back, at `last_updated`. None where none was booked."""
    return record(
        Kind.REFUND,
        key=f"refund:{refund.pk}:failed",
        occurred_at=refund.last_updated,
        description="Refund came back",
        entries=[-entry for entry in entries_of(f"refund:{refund.pk}")],
        booking_reference=reference_of(refund.payment.account.booking),
    )


def post_fee(
    payment: Payment, *, balance_transaction: str, amount: Money, occurred_at: datetime
) -> LedgerTransaction | None:
    """STRIPE_FEE `fee:<balance transaction>`: what Stripe kept of a charge or a dispute; negative where given back."""
    sides = (Account.STRIPE_FEES, Account.STRIPE_BALANCE)
    key = f"fee:{balance_transaction}"
    return _move(
        Kind.STRIPE_FEE, key, payment, amount, at=occurred_at, description="Stripe's fee", sides=sides
    )


def post_transfer(
    payment: Payment, *, transfer: str, amount: Money, occurred_at: datetime
) -> LedgerTransaction | None:
    """TRANSFER `transfer:<tr>`: what the operator's balance at Stripe gained.

    `amount` is the transfer less the application fee, which comes straight back to the platform.
    """
    sides, words = (Account.OPERATOR_BALANCE, Account.STRIPE_BALANCE), "Passed on to the operator"
    key = f"transfer:{transfer}"
    return _move(Kind.TRANSFER, key, payment, amount, at=occurred_at, description=words, sides=sides)


def post_reversal(
    payment: Payment, *, reversal: str, amount: Money, occurred_at: datetime
) -> LedgerTransaction | None:
    """REVERSAL `reversal:<trr>`: what the operator's balance at Stripe lost, for a refund or a dispute.

    `amount` is the reversal less the application fee given back with it.
    """
    sides, words = (Account.STRIPE_BALANCE, Account.OPERATOR_BALANCE), "Taken back from the operator"
    key = f"reversal:{reversal}"
    return _move(Kind.REVERSAL, key, payment, amount, at=occurred_at, description=words, sides=sides)


def post_subscription(
    operator: Operator, *, invoice: str, amount: Money, occurred_at: datetime
) -> LedgerTransaction | None:
    """SUBSCRIPTION `invoice:<in>`: an operator paid for its plan."""
    sides = {"debit": Account.STRIPE_BALANCE, "credit": Account.SUBSCRIPTIONS}
    return record(
        Kind.SUBSCRIPTION,
        key=f"invoice:{invoice}",
        occurred_at=occurred_at,
        description="Operator's plan",
        entries=transfer_of(amount, parties=Parties(operator_id=operator.pk), **sides),
    )


def _move(
    kind: Kind,
    key: str,
    payment: Payment,
    money: Money,
    *,
    at: datetime,
    description: str,
    sides: tuple[Account, Account],
) -> LedgerTransaction | None:
    debit, credit = sides
    return record(
        kind,
        key=key,
        occurred_at=at,
        description=description,
        entries=transfer_of(money, debit=debit, credit=credit, parties=Parties.of(payment)),
        booking_reference=reference_of(payment.account.booking),
    )
