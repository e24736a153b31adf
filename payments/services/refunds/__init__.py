"""Money given back: begun with a row, sent to Stripe, read again when Stripe tells of it; and what staff gives back."""

from payments.services.refunds.sending import begin_refund, send_refund
from payments.services.refunds.staff import refund_booking
from payments.services.refunds.syncing import sync_refund

__all__ = ["begin_refund", "refund_booking", "send_refund", "sync_refund"]
