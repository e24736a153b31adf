"""Taking money and letting go of it at Stripe: capture, increase, charge the saved card, release.

Each asks Stripe by a key that names our row, and has what came of it read back (`sync_payment`): run twice, or by
two at once, it does the same once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import stripe
from django.db import transaction

from evbooking.core.money import Money
from payments.gateway import is_missing, minor, money_of, stripe_calls
from payments.models import Customer, Payment
from payments.reading import failure_of
from payments.selectors.position import Position
from payments.services.intents import KEY_IS_SAFE, close_intent, find_intent, intent_of, named
from payments.services.sync import release_payment, sync_payment

EXPIRED: Final = "authorisation_expired"
_CARD_ERRORS: Final = (stripe.CardError, stripe.InvalidRequestError)


def capture(position: Position, payment: Payment, due: Money, *, now: datetime) -> None:
    """Capture `due`, or all that is authorised where it cannot be raised; Stripe releases the rest.

    An authorisation that ran out before is found canceled: the payment says `authorisation_expired`. One that Stripe
    does not know any more is found lost.
    """
    try:
        with stripe_calls() as client:
            _take(client, position, payment, due, now)
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
    if sync_payment(payment, now=now).status == Payment.Status.CANCELED:
        Payment.objects.filter(pk=payment.pk, failure_code="").update(failure_code=EXPIRED)


def begin_charge(position: Position, due: Money, *, now: datetime) -> Payment:
    """Commit that `due` is charged to the saved card. Called in the transaction that decided so."""
    account = position.account
    return Payment.objects.create(
        account=account,
        driver_id=account.booking.driver_id,
        kind=Payment.Kind.CHARGE,
        purpose=Payment.Purpose.EXTRA,
        currency=due.currency,
        amount=due.amount,
        application_fee=position.fee_for(due).amount if account.destination else 0,
        destination=account.destination,
        payment_method=account.payment_method,
        created_at=now,
        last_updated=now,
    )


def send_charge(payment: Payment, *, now: datetime) -> None:
    """Charge the saved card while its owner is away. What the bank refuses is closed at Stripe and FAILED here."""
    refusal: stripe.StripeError | None = None
    if payment.stripe_id is None:
        with stripe_calls() as client:
            try:
                payment.stripe_id = _sent(client, payment, now)
            except _CARD_ERRORS as error:
                refusal, payment.stripe_id = error, intent_of(error)
                if payment.stripe_id is not None:
                    close_intent(client, payment)
        Payment.objects.filter(pk=payment.pk).update(stripe_id=payment.stripe_id)
    if payment.stripe_id:
        sync_payment(payment, now=now)
    if refusal is not None:
        _fail(payment, refusal, now)


def release(payment: Payment, *, now: datetime) -> None:
    """Cancel what is reserved or not yet paid; where it was paid meanwhile, that is taken over instead."""
    if payment.status in Payment.OPEN and sync_payment(payment, now=now).status not in Payment.OPEN:
        return
    release_payment(payment, now=now)


def _take(
    client: stripe.StripeClient, position: Position, payment: Payment, due: Money, now: datetime
) -> None:
    intent = client.v1.payment_intents.retrieve(str(payment.stripe_id), {"expand": ["latest_charge"]})
    if intent.status == "requires_capture":
        intent = _raised(client, intent, payment, due)
        _remember_amount(payment, intent, now)
        amount = min(due, money_of(intent.amount_capturable, intent.currency))
        _capture(client, payment, amount, position.fee_for(amount))


def _capture(client: stripe.StripeClient, payment: Payment, amount: Money, fee: Money) -> None:
    asked: dict[str, Any] = {"amount_to_capture": minor(amount)}
    if payment.destination:
        asked["application_fee_amount"] = minor(fee)
    key = f"evb-capture-{payment.pk}-{minor(amount)}-{minor(fee)}"
    try:
        client.v1.payment_intents.capture(
            str(payment.stripe_id),
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    except stripe.InvalidRequestError as error:
        if error.code != "payment_intent_unexpected_state":
            raise


def _raised(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, payment: Payment, due: Money
) -> stripe.PaymentIntent:
    """The intent with `due` authorised, where the bank grants more; else as it was."""
    if minor(due) <= intent.amount_capturable or not _may_be_raised(intent):
        return intent
    try:
        return client.v1.payment_intents.increment_authorization(
            intent.id,
            {"amount": minor(due)},
            {"idempotency_key": f"evb-increment-{payment.pk}-{minor(due)}"},
        )
    except _CARD_ERRORS:
        return intent


def _may_be_raised(intent: stripe.PaymentIntent) -> bool:
    charge = intent.latest_charge
    if not isinstance(charge, stripe.Charge) or not charge.payment_method_details:
        return False
    card = charge.payment_method_details.card
    offered = card.incremental_authorization if card else None
    return offered is not None and offered.status == "available"


def _remember_amount(payment: Payment, intent: stripe.PaymentIntent, now: datetime) -> None:
    """What was raised is known before it is captured: no payment takes more than its amount."""
    amount = money_of(intent.amount, intent.currency).amount
    raised = Payment.objects.filter(pk=payment.pk, amount__lt=amount)
    raised.update(amount=amount, authorised_amount=amount, last_updated=now)


def _sent(client: stripe.StripeClient, payment: Payment, now: datetime) -> str:
    """The id of the payment's intent at Stripe, made now or before. Raises as Stripe refuses it."""
    customer = Customer.objects.get(driver=payment.driver_id).stripe_id
    if now - payment.created_at > KEY_IS_SAFE and (known := find_intent(client, payment, str(customer))):
        return known
    intent = client.v1.payment_intents.create(
        _charge_of(payment, str(customer)),  # type: ignore[arg-type]
        {"idempotency_key": f"evb-payment-{payment.pk}"},
    )
    return intent.id


def _charge_of(payment: Payment, customer: str) -> dict[str, Any]:
    amount = Money(payment.amount, payment.currency)
    booking = payment.account.booking
    asked: dict[str, Any] = {
        "amount": minor(amount),
        "currency": payment.currency.lower(),
        "customer": customer,
        "payment_method": payment.payment_method,
        "payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
        "description": f"Booking {booking.reference}: more than was authorised",
        "metadata": named(payment),
    }
    if payment.destination:
        asked["transfer_data"] = {"destination": payment.destination}
        asked["application_fee_amount"] = minor(Money(payment.application_fee, payment.currency))
    return asked


def _fail(payment: Payment, refusal: stripe.StripeError, now: datetime) -> None:
    with transaction.atomic():
        row = Payment.objects.select_for_update().get(pk=payment.pk)
        if row.status == Payment.Status.CAPTURED:
            return
        row.status = Payment.Status.FAILED
        row.failure_code, row.failure_message = failure_of(refusal.error)
        row.last_updated = now
        row.save(update_fields=["status", "failure_code", "failure_message", "last_updated"])
