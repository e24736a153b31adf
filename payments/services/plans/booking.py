"""Paid invoices of operators' plans, in the books: what came in, and what Stripe kept of it."""

from datetime import UTC, datetime

import stripe
from django.db import transaction

from accounts.models import Operator
from evbooking.core.money import Money
from payments.gateway import money_of, stripe_calls
from payments.ledger import Entry, post_subscription, record
from payments.models import LedgerEntry, LedgerTransaction, OperatorPlan

Account = LedgerEntry.Account


def book_invoices(plan: OperatorPlan) -> int:
    """Book every paid invoice of the subscription that is not in the books yet; how many there were."""
    with stripe_calls() as client:
        listed = client.v1.invoices.list({"subscription": str(plan.stripe_subscription), "status": "paid"})
        paid = [invoice for invoice in listed.auto_paging_iter() if invoice.amount_paid]
    keys = {f"invoice:{invoice.id}" for invoice in paid}
    booked = set(LedgerTransaction.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [invoice for invoice in paid if f"invoice:{invoice.id}" not in booked]
    for invoice in new:
        _book(plan.operator, invoice)
    return len(new)


def _book(operator: Operator, invoice: stripe.Invoice) -> None:
    at = datetime.fromtimestamp(invoice.status_transitions.paid_at or invoice.created, UTC)
    movement = _movement_of(invoice)
    with transaction.atomic():
        post_subscription(
            operator,
            invoice=str(invoice.id),
            amount=money_of(invoice.amount_paid, invoice.currency),
            occurred_at=at,
        )
        if movement is not None:
            _post_fee(movement.id, money_of(movement.fee, movement.currency), at)


def _movement_of(invoice: stripe.Invoice) -> stripe.BalanceTransaction | None:
    """The movement of Stripe's balance that the payment made; None where none was needed."""
    with stripe_calls() as client:
        payments = client.v1.invoice_payments.list({"invoice": str(invoice.id)}).data
        intent = next((one.payment.payment_intent for one in payments if one.status == "paid"), None)
        if intent is None:
            return None
        name = intent if isinstance(intent, str) else intent.id
        told = client.v1.payment_intents.retrieve(name, {"expand": ["latest_charge.balance_transaction"]})
    charge = told.latest_charge
    movement = charge.balance_transaction if isinstance(charge, stripe.Charge) else None
    return movement if isinstance(movement, stripe.BalanceTransaction) else None


def _post_fee(balance_transaction: str, fee: Money, at: datetime) -> None:
    record(
        LedgerTransaction.Kind.STRIPE_FEE,
        key=f"fee:{balance_transaction}",
        occurred_at=at,
        description="Stripe's fee",
        entries=[Entry(Account.STRIPE_FEES, fee), Entry(Account.STRIPE_BALANCE, -fee)],
    )
