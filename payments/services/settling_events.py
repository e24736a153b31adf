"""What Stripe tells about refunds and disputes. Each event leads to asking about one, nothing else."""

from datetime import datetime

from payments.models import Refund, StripeEvent
from payments.services.disputes import sync_dispute
from payments.services.refunds import sync_refund
from payments.services.routing import NotOurs, on


@on("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
def refund_changed(event: StripeEvent, now: datetime) -> None:
    """Ours by its id; one whose answer was lost is found when settling carries on with it."""
    refund = Refund.objects.filter(stripe_id=event.object_id).first()
    if refund is None:
        raise NotOurs("It is about no refund of ours.")
    sync_refund(refund, now=now)


@on(
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
def dispute_changed(event: StripeEvent, now: datetime) -> None:
    if sync_dispute(event.object_id, now=now) is None:
        raise NotOurs("It is about no payment of ours.")
