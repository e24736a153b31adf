"""Settling: a booking's money is brought together with its bills, step by step, however often it is interrupted."""

from payments.services.marking import mark_due
from payments.services.refunds import refund_booking
from payments.services.settling.running import settle_account, settle_due

__all__ = ["mark_due", "refund_booking", "settle_account", "settle_due"]
