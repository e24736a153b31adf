"""What Stripe tells about payments. Each event leads to asking about one, nothing else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from payments.models import Payment, StripeEvent
from payments.services.routing import NotOurs, on
from payments.services.sync import sync_payment


@on(
    "payment_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.processing",
    "payment_intent.canceled",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "setup_intent.requires_action",
    "setup_intent.canceled",
)
def intent_changed(event: StripeEvent, now: datetime) -> None:
    """Ours by its id, or by our name in its metadata where Stripe's answer was lost."""
    _sync(event.object_id, event, now)


@on("charge.captured", "charge.updated", "charge.expired")
def charge_changed(event: StripeEvent, now: datetime) -> None:
    """Captured, its fee known, or released by the clock: the intent says which."""
    _sync(str(_object(event).get("payment_intent") or ""), event, now)


def _sync(intent_id: str, event: StripeEvent, now: datetime) -> None:
    if event.account:
        raise NotOurs("It is about a payment that an operator takes itself.")
    payment = Payment.objects.filter(stripe_id=intent_id).first() or _named(event, intent_id)
    if payment is None:
        raise NotOurs("It is about no payment of ours.")
    sync_payment(payment, now=now)


def _named(event: StripeEvent, intent_id: str) -> Payment | None:
    try:
        name = UUID((_object(event).get("metadata") or {}).get("payment", ""))
    except ValueError:
        return None
    Payment.objects.filter(pk=name, stripe_id=None).update(stripe_id=intent_id)
    return Payment.objects.filter(pk=name, stripe_id=intent_id).first()


def _object(event: StripeEvent) -> dict[str, Any]:
    found: dict[str, Any] = event.payload["data"]["object"]
    return found
