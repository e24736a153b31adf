"""Money: what secures a booking, what was taken and given back, and the books that prove it."""

from payments.models.account import BookingAccount
from payments.models.customer import Customer
from payments.models.dispute import Dispute
from payments.models.document import Document, DocumentSeries
from payments.models.ledger import LedgerEntry, LedgerTransaction
from payments.models.ledger_check import LedgerCheck
from payments.models.operator_account import OperatorAccount, OperatorPlan
from payments.models.payment import Payment
from payments.models.payout import Payout
from payments.models.refund import Refund
from payments.models.stripe_event import StripeEvent

__all__ = [
    "BookingAccount",
    "Customer",
    "Dispute",
    "Document",
    "DocumentSeries",
    "LedgerCheck",
    "LedgerEntry",
    "LedgerTransaction",
    "OperatorAccount",
    "OperatorPlan",
    "Payment",
    "Payout",
    "Refund",
    "StripeEvent",
]
