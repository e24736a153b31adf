"""What Stripe says of a PaymentIntent or SetupIntent, in our words: `told_of` turns one into `Told`. Pure.

Source of the states: docs.stripe.com/payments/paymentintents/lifecycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

import stripe

from evbooking.core.money import Money
from payments.gateway import MISSING, money_of
from payments.models import Payment

Status = Payment.Status

EXPAND_PAYMENT: Final = ["latest_charge.balance_transaction", "latest_charge.transfer"]
EXPAND_SETUP: Final = ["payment_method"]
_PAYMENT: Final = {
    "requires_payment_method": Status.PENDING,
    "requires_confirmation": Status.PENDING,
    "requires_action": Status.ACTION,
    "processing": Status.PROCESSING,
    "requires_capture": Status.AUTHORISED,
    "succeeded": Status.CAPTURED,
    "canceled": Status.CANCELED,
}
_SETUP: Final = {**_PAYMENT, "succeeded": Status.SAVED}
_BRANDS: Final = {
    "amex": "American Express",
    "mastercard": "Mastercard",
    "visa": "Visa",
    "diners": "Diners Club",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement at Stripe that goes into the books: its id (txn_..., tr_...), amount and time."""

    id: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """An intent's state. `fee` and `transfer` are None until Stripe has made them; `transfer` is the whole one."""

    status: Payment.Status
    authorised: Money
    captured: Money
    application_fee: Money
    charge_id: str = ""
    card: str = ""
    payment_method: str = ""
    capture_before: datetime | None = None
    captured_at: datetime | None = None
    fee: Moved | None = None
    transfer: Moved | None = None
    failure_code: str = ""
    failure_message: str = ""

    @classmethod
    def lost(cls, currency: str) -> Self:
        """Of an intent that Stripe does not know: nothing is reserved and nothing taken."""
        nothing = Money.zero(currency)
        words = "The payment provider does not know this payment any more."
        return cls(Status.FAILED, nothing, nothing, nothing, failure_code=MISSING, failure_message=words)


def told_of(intent: stripe.PaymentIntent | stripe.SetupIntent, *, currency: str) -> Told:
    """What an intent says that was retrieved with EXPAND_PAYMENT or EXPAND_SETUP; `currency` is our payment's."""
    if isinstance(intent, stripe.SetupIntent):
        return _of_setup(intent, currency)
    return _of_payment(intent)


def brand_in_words(brand: str) -> str:
    """American Express, as people name it."""
    return _BRANDS.get(brand, brand.title())


def card_in_words(brand: str | None, last4: str | None) -> str:
    """Visa .... 4242, as people name a card; empty where there is none."""
    if not brand or not last4:
        return ""
    return f"{brand_in_words(brand)} .... {last4}"


def _of_setup(intent: stripe.SetupIntent, currency: str) -> Told:
    method, zero = intent.payment_method, Money.zero(currency)
    card = method.card if isinstance(method, stripe.PaymentMethod) else None
    code, message = failure_of(intent.last_setup_error)
    return Told(
        status=_SETUP[intent.status],
        authorised=zero,
        captured=zero,
        application_fee=zero,
        card=card_in_words(card.brand, card.last4) if card else "",
        payment_method=_id(method),
        failure_code=code,
        failure_message=message,
    )


def _of_payment(intent: stripe.PaymentIntent) -> Told:
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    details: Any = charge.payment_method_details if charge else None
    card = details.card if details else None
    status = _PAYMENT[intent.status]
    captured = money_of(intent.amount_received, intent.currency)
    code, message = failure_of(intent.last_payment_error) if status in Payment.OPEN else ("", "")
    fee = _fee(charge)
    return Told(
        status=status,
        authorised=money_of(intent.amount_capturable, intent.currency),
        captured=captured,
        application_fee=money_of(
            min(intent.application_fee_amount or 0, intent.amount_received), intent.currency
        ),
        charge_id=charge.id if charge else "",
        card=card_in_words(card.brand, card.last4) if card else "",
        payment_method=_id(intent.payment_method),
        capture_before=_time(getattr(card, "capture_before", None)),
        captured_at=(fee.at if fee else _time(charge.created)) if charge and captured else None,
        fee=fee,
        transfer=_transfer(charge),
        failure_code=code,
        failure_message=message,
    )


def _fee(charge: stripe.Charge | None) -> Moved | None:
    movement = charge.balance_transaction if charge else None
    if not isinstance(movement, stripe.BalanceTransaction):
        return None
    return Moved(movement.id, money_of(movement.fee, movement.currency), _at(movement.created))


def _transfer(charge: stripe.Charge | None) -> Moved | None:
    sent = charge.transfer if charge else None
    if not isinstance(sent, stripe.Transfer):
        return None
    return Moved(sent.id, money_of(sent.amount, sent.currency), _at(sent.created))


def failure_of(error: Any) -> tuple[str, str]:
    """Its code, the bank's own where there is one, and Stripe's words for the driver."""
    if error is None:
        return "", ""
    code = getattr(error, "decline_code", None) or getattr(error, "code", None) or "refused"
    return str(code)[:64], str(getattr(error, "message", None) or "The card was declined.")[:300]


def _id(thing: Any) -> str:
    if thing is None or isinstance(thing, str):
        return thing or ""
    return str(thing.id)


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else _at(seconds)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
