"""Paying operators out: what is owed and settled goes from their balance at Stripe to their bank.

A payout is committed PENDING before Stripe hears of it, under a key of its own, and one at a time; whatever
happens in between, sending it again finds the same payout at Stripe.
"""

from payments.services.payouts.requesting import request_payout
from payments.services.payouts.running import pay_out_due, retry_failed, sweep_payouts
from payments.services.payouts.sending import send_payout, sync_payout

__all__ = ["pay_out_due", "request_payout", "retry_failed", "send_payout", "sweep_payouts", "sync_payout"]
