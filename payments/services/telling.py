"""Events of payments, in their one shape."""

from datetime import datetime
from typing import Any

from evbooking.core import events
from evbooking.core.money import Money
from payments.models import BookingAccount, Payment


def tell(
    payment: Payment, event: str, *, account: BookingAccount, amount: Money, now: datetime, **more: Any
) -> None:
    """Publish an event of the payment about `amount`; `more` may be `failure` in words, and `due_by`."""
    data = {
        "payment_id": payment.pk,
        "booking": account.booking.reference,
        "driver_id": payment.driver_id,
        "operator_id": account.operator_id,
        "amount": f"{amount.amount:f}",
        "currency": amount.currency,
        "purpose": payment.purpose,
        "status": payment.status,
        **more,
    }
    events.publish(event, subject=f"payment:{payment.pk}", data=data, now=now)
