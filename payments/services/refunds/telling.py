"""The events of a refund."""

from datetime import datetime

from accounts.models import User
from evbooking.core import events
from payments.models import Refund


def tell(refund: Refund, event: str, *, actor: User | None = None, now: datetime) -> None:
    """Publish `refund.created`, `.succeeded` or `.failed` in the caller's transaction."""
    account = refund.payment.account
    data = {
        "refund_id": refund.pk,
        "payment_id": refund.payment_id,
        "booking": account.booking.reference,
        "driver_id": refund.payment.driver_id,
        "operator_id": account.operator_id,
        "amount": f"{refund.amount:f}",
        "currency": refund.currency,
        "reason": refund.reason,
        "status": refund.status,
    }
    events.publish(event, subject=f"refund:{refund.pk}", data=data, actor=actor, now=now)
