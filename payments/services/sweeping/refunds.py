"""Refunds that wait at Stripe and that no webhook told about."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from payments.models import Refund
from payments.services.refunds import sync_refund
from payments.services.sweeping.batches import BATCH, each, has_rested

ASK_AFTER: Final = timedelta(minutes=2)


def sweep_refunds(now: datetime) -> int:
    """Ask about refunds that are under way at Stripe; how many.

    One is asked about after ASK_AFTER, and then each time when it has waited twice as long.
    """
    sent = Refund.objects.exclude(stripe_id=None).filter(status=Refund.Status.PENDING)
    quiet = sent.filter(last_updated__lte=now - ASK_AFTER)
    due = quiet.filter(has_rested(now)).order_by("last_updated")
    return each(due[:BATCH], partial(_ask, now=now))


def _ask(refund: Refund, *, now: datetime) -> None:
    sync_refund(refund, now=now)
    Refund.objects.filter(pk=refund.pk).update(last_updated=now)
