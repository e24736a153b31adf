"""The books: what is posted for each fact of money, what an account holds, and the check that all of it is true."""

from payments.ledger.balances import balance
from payments.ledger.bills import post_bill, post_on_site
from payments.ledger.disputes import conceded, post_conceded, post_dispute
from payments.ledger.movements import (
    post_capture,
    post_fee,
    post_refund,
    post_reversal,
    post_subscription,
    post_transfer,
    return_refund,
)
from payments.ledger.payouts import post_payout, return_payout
from payments.ledger.recording import Entry, record

__all__ = [
    "Entry",
    "balance",
    "conceded",
    "post_bill",
    "post_capture",
    "post_conceded",
    "post_dispute",
    "post_fee",
    "post_on_site",
    "post_payout",
    "post_refund",
    "post_reversal",
    "post_subscription",
    "post_transfer",
    "record",
    "return_payout",
    "return_refund",
]
