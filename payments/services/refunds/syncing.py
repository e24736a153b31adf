"""What Stripe tells of a refund later: that it arrived, or that the bank sent it back."""

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from payments.gateway import stripe_calls
from payments.ledger import return_refund
from payments.models import Refund
from payments.services.marking import mark_due
from payments.services.refunds.sending import STATUS, locked_refund
from payments.services.refunds.telling import tell

logger = logging.getLogger(__name__)

_RANK: Final = {
    Refund.Status.PENDING: 0,
    Refund.Status.SUCCEEDED: 1,
    Refund.Status.FAILED: 2,
    Refund.Status.CANCELED: 2,
}


def sync_refund(refund: Refund, *, now: datetime) -> Refund:
    """Ask Stripe and apply what it says; a refund that failed is booked back, alarmed, and owed again.

    Idempotent, and only forward: what came back does not arrive. One that Stripe does not know yet stays as it is.
    """
    if refund.stripe_id is None:
        return refund
    with stripe_calls() as client:
        told = client.v1.refunds.retrieve(refund.stripe_id)
    return _applied(
        refund, STATUS[told.status or "pending"], getattr(told, "failure_reason", None) or "", now
    )


@transaction.atomic
def _applied(refund: Refund, status: Refund.Status, failure: str, now: datetime) -> Refund:
    row = locked_refund(refund)
    if _RANK[status] <= _RANK[Refund.Status(row.status)]:  # known, or older than what is known
        return row
    row.status, row.failure_reason, row.last_updated = status, failure[:64], now
    row.save(update_fields=["status", "failure_reason", "last_updated"])
    if status == Refund.Status.SUCCEEDED:
        tell(row, "refund.succeeded", now=now)
    if status in {Refund.Status.FAILED, Refund.Status.CANCELED}:
        return_refund(row)
        tell(row, "refund.failed", now=now)
        mark_due(row.payment.account.booking, now=now)
        logger.error(
            "Refund %s of booking %s came back: %s", row.pk, row.payment.account.booking.reference, failure
        )
    return row
