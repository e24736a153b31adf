"""PaymentIntents and SetupIntents at Stripe: made, found and closed under the name of our row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import stripe
from django.conf import settings

from evbooking.core.money import Money
from payments.amounts import in_steps
from payments.gateway import is_missing, minor
from payments.models import BookingAccount, Payment
from payments.reading import EXPAND_PAYMENT, EXPAND_SETUP

KEY_IS_SAFE: Final = timedelta(hours=12)
"""Stripe keeps idempotency keys for a day; we rely on half of it."""

Intent = stripe.PaymentIntent | stripe.SetupIntent


def create_intent(client: stripe.StripeClient, payment: Payment, customer: str) -> Intent:
    """Make the intent of a row: the same one however often it is asked for, within a day.

    The card is saved for what comes later, to which the driver agrees at checkout.
    """
    options: Any = {"idempotency_key": f"evb-payment-{payment.pk}"}
    if payment.kind == Payment.Kind.SETUP:
        return client.v1.setup_intents.create(_setup_of(payment, customer), options)
    return client.v1.payment_intents.create(_payment_of(payment, customer), options)


class IntentLost(LookupError):
    """Stripe knows no intent of this id (any more)."""


def retrieve_intent(client: stripe.StripeClient, payment: Payment) -> Intent:
    """The intent as it is now, with what `payments.reading` needs. Raises IntentLost."""
    found = str(payment.stripe_id)
    try:
        if payment.kind == Payment.Kind.SETUP:
            return client.v1.setup_intents.retrieve(found, {"expand": EXPAND_SETUP})
        return client.v1.payment_intents.retrieve(found, {"expand": EXPAND_PAYMENT})
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        raise IntentLost(found) from error


def find_intent(client: stripe.StripeClient, payment: Payment, customer: str) -> str | None:
    """The id of a row's intent whose answer was lost so long ago that Stripe has forgotten the key.

    None where there is none: a customer that Stripe does not know has none either.
    """
    since = int((payment.created_at - KEY_IS_SAFE).timestamp())
    try:
        made = client.v1.payment_intents.list({"customer": customer, "created": {"gte": since}, "limit": 100})
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        return None
    named = (
        one.id for one in made.auto_paging_iter() if one.metadata.to_dict().get("payment") == str(payment.pk)
    )
    return next(named, None)


def confirm_intent(
    client: stripe.StripeClient, payment: Payment, *, payment_method: str, **more: Any
) -> Intent:
    """Ask the bank with this card. Raises stripe.CardError, or InvalidRequestError."""
    asked: Any = {"payment_method": payment_method, **more}
    if payment.kind == Payment.Kind.SETUP:
        return client.v1.setup_intents.confirm(str(payment.stripe_id), asked)
    return client.v1.payment_intents.confirm(str(payment.stripe_id), asked)


def close_intent(client: stripe.StripeClient, payment: Payment) -> None:
    """Cancel it, so that nobody pays it any more; one that is past that, or unknown there, stays as it is."""
    intents: Any = (
        client.v1.setup_intents if payment.kind == Payment.Kind.SETUP else client.v1.payment_intents
    )
    try:
        intents.cancel(payment.stripe_id, {}, {"idempotency_key": f"evb-cancel-{payment.pk}"})
    except stripe.InvalidRequestError as error:
        if not (is_missing(error) or (error.code or "").endswith("unexpected_state")):
            raise


def intent_of(error: stripe.StripeError) -> str | None:
    """The id of the intent a refusal is about; None where none was made."""
    told = error.json_body.get("error", {}) if isinstance(error.json_body, dict) else {}
    found: str | None = (told.get("payment_intent") or {}).get("id")
    return found


def named(payment: Payment) -> dict[str, str]:
    """How Stripe's objects name what they are for."""
    return {
        "payment": str(payment.pk),
        "booking": payment.account.booking.reference or "",
        "installation": settings.EVB_INSTALLATION,
    }


def fee_of(account: BookingAccount, amount: Money) -> Money:
    """The platform's share of an amount."""
    return min(in_steps(amount.amount * account.fee_share / 100, amount.currency), amount)


def _setup_of(payment: Payment, customer: str) -> Any:
    return {
        "customer": customer,
        "usage": "off_session",
        "payment_method_types": ["card"],
        "description": _description(payment),
        "metadata": named(payment),
    }


def _payment_of(payment: Payment, customer: str) -> Any:
    amount = Money(payment.amount, payment.currency)
    asked: dict[str, Any] = {
        "amount": minor(amount),
        "currency": payment.currency.lower(),
        "customer": customer,
        "payment_method_types": ["card"],
        "setup_future_usage": "off_session",
        "description": _description(payment),
        "metadata": named(payment),
    }
    if payment.destination:
        asked["transfer_data"] = {"destination": payment.destination}
        asked["application_fee_amount"] = minor(Money(payment.application_fee, payment.currency))
    if payment.kind == Payment.Kind.AUTHORISATION:
        asked["capture_method"] = "manual"
        asked["payment_method_options"] = {"card": {"request_incremental_authorization": "if_available"}}
    if payment.purpose == Payment.Purpose.SCHEDULED:
        del asked["setup_future_usage"]
        asked |= {"payment_method": payment.payment_method, "off_session": True, "confirm": True}
    return asked


def _description(payment: Payment) -> str:
    return f"Booking {payment.account.booking.reference}"
