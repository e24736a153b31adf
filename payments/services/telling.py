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
    told = {"payment_id": payment.pk, "purpose": payment.purpose, "status": payment.status, **more}
    _publish(event, f"payment:{payment.pk}", account, amount, now, **told)


def tell_owed(
    account: BookingAccount, last: Payment | None, *, amount: Money, due_by: datetime | None, now: datetime
) -> None:
    """Ask the driver for what they owe after the end: `last` is what did not give it, None where nothing was asked."""
    if last is not None:
        owed = {"failure": last.failure_message, "due_by": due_by, "owed": True}
        tell(last, "payment.action_required", account=account, amount=amount, now=now, **owed)
        return
    subject = f"account:{account.pk}"
    _publish("payment.action_required", subject, account, amount, now, due_by=due_by, owed=True)


def _publish(
    event: str, subject: str, account: BookingAccount, amount: Money, now: datetime, **more: Any
) -> None:
    data = {
        "booking": account.booking.reference,
        "driver_id": account.booking.driver_id,
        "operator_id": account.operator_id,
        "amount": f"{amount.amount:f}",
        "currency": amount.currency,
        **more,
    }
    events.publish(event, subject=subject, data=data, now=now)
