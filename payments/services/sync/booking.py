"""The books of a captured payment: the money, Stripe's fee, and what went on to the operator."""

from payments.ledger import post_capture, post_fee, post_transfer
from payments.models import Payment
from payments.reading import Told


def book(payment: Payment, told: Told) -> None:
    """Post what Stripe has told of so far; each once, however often it is told."""
    post_capture(payment)
    if told.fee is not None:
        post_fee(payment, balance_transaction=told.fee.id, amount=told.fee.amount, occurred_at=told.fee.at)
    if told.transfer is not None:
        net = told.transfer.amount - told.application_fee
        post_transfer(payment, transfer=told.transfer.id, amount=net, occurred_at=told.transfer.at)
