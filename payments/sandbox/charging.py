"""What happens between a PaymentIntent and the issuer: authorise, decline, settle, capture, release."""

from __future__ import annotations

from payments.sandbox.balance import record
from payments.sandbox.box import DAY, Box
from payments.sandbox.cards import BY_NUMBER, TestCard, decline_error
from payments.sandbox.destinations import forward
from payments.sandbox.disputing import open_dispute
from payments.sandbox.errors import ApiError, CardError, Json
from payments.sandbox.money import processing_fee

ON_SESSION_HOLD = 7 * DAY
OFF_SESSION_VISA_HOLD = 4 * DAY + 18 * 3600
"""How long an authorisation lasts (docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""

INCREMENTAL_BRANDS = ("visa", "mastercard")


def card_of(method: Json) -> TestCard:
    return BY_NUMBER[method["_number"]]


def needs_challenge(card: TestCard, method: Json, *, off_session: bool) -> bool:
    """Whether the issuer asks for 3-D Secure now; a card that was set up passes off-session payments."""
    if card.authenticate == "unless_set_up":
        return not (off_session and method.get("_set_up"))
    if card.authenticate == "on_session":
        return not off_session
    return card.authenticate == "always"


def attempt(box: Box, intent: Json, method: Json, *, off_session: bool) -> Json:
    """Asks the issuer. The intent ends in requires_capture or succeeded, or a CardError is raised and kept."""
    card = card_of(method)
    error = decline_error(card)
    if error is not None:
        raise refuse(box, intent, method, error)
    charge = _new_charge(box, intent, method, off_session=off_session)
    intent["latest_charge"] = charge["id"]
    intent["next_action"] = None
    intent["last_payment_error"] = None
    if intent["capture_method"] == "manual":
        intent["status"] = "requires_capture"
        intent["amount_capturable"] = intent["amount"]
        box.save(intent)
        box.emit("charge.succeeded", charge)
        box.emit("payment_intent.amount_capturable_updated", intent)
    else:
        capture(box, intent, charge, intent["amount"])
        box.emit("charge.succeeded", charge)
    return intent


def refuse(box: Box, intent: Json, method: Json, error: CardError) -> ApiError:
    """Records a failed attempt: failed charge, last_payment_error, events. Returns the error to raise."""
    charge = _new_charge(box, intent, method, off_session=False)
    charge.update(
        status="failed", paid=False, captured=False, amount_captured=0,
        failure_code=error.body["code"], failure_message=error.body["message"],
        outcome={"network_status": "declined_by_network", "type": "issuer_declined", "risk_level": "normal",
                 "reason": error.body.get("decline_code"), "seller_message": error.body["message"]},
    )  # fmt: skip
    box.save(charge)
    error.body["charge"] = charge["id"]
    error.body["payment_method"] = method
    intent.update(
        status="requires_payment_method", payment_method=None, next_action=None, latest_charge=charge["id"]
    )
    intent["last_payment_error"] = dict(error.body)
    box.save(intent)
    error.body["payment_intent"] = intent
    box.emit("charge.failed", charge)
    box.emit("payment_intent.payment_failed", intent)
    return error


def capture(box: Box, intent: Json, charge: Json, amount: int) -> None:
    """Settles `amount` of an authorised charge, releases the rest and forwards to the destination."""
    charge.update(captured=True, amount_captured=amount, amount_refunded=charge["amount"] - amount)
    currency, card = charge["currency"], BY_NUMBER[charge["_number"]]
    movement = record(
        box, "charge", charge, amount=amount, currency=currency,
        fees=(("stripe_fee", processing_fee(amount, currency)),), pending=not card.available_at_once,
    )  # fmt: skip
    charge["balance_transaction"] = movement["id"]
    _forward(box, intent, charge, amount)
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    box.save(charge)
    box.save(intent)
    if intent["capture_method"] == "manual":
        box.emit("charge.captured", charge)
    box.emit("payment_intent.succeeded", intent)
    if card.dispute:
        open_dispute(box, charge, card.dispute)


def release(box: Box, intent: Json, *, reason: str | None) -> None:
    """Cancels an intent; an authorisation that was held goes back to the card."""
    held = intent["status"] == "requires_capture"
    intent.update(
        status="canceled",
        canceled_at=box.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    box.save(intent)
    if held:
        charge = box.get("charge", intent["latest_charge"])
        charge.update(amount_refunded=charge["amount"], refunded=True)
        box.save(charge)
        box.emit("charge.expired" if reason == "expired" else "charge.refunded", charge)
    box.emit("payment_intent.canceled", intent)


def _forward(box: Box, intent: Json, charge: Json, amount: int) -> None:
    target = intent["transfer_data"]
    if target is None:
        return
    fee = min(intent["application_fee_amount"] or 0, amount)
    sent = min(target.get("amount") or amount, amount)
    forward(box, charge, amount=sent, fee=fee, destination=target["destination"])


def _new_charge(box: Box, intent: Json, method: Json, *, off_session: bool) -> Json:
    return box.new(
        "charge", "ch", amount=intent["amount"], amount_captured=0, amount_refunded=0, application=None,
        application_fee=None, application_fee_amount=intent["application_fee_amount"], balance_transaction=None,
        billing_details=method["billing_details"], calculated_statement_descriptor="EVBOOKING SANDBOX",
        captured=False, currency=intent["currency"], customer=intent["customer"],
        description=intent["description"], disputed=False, failure_code=None, failure_message=None,
        metadata=dict(intent["metadata"]), on_behalf_of=intent["on_behalf_of"], paid=True,
        outcome={"network_status": "approved_by_network", "type": "authorized", "risk_level": "normal",
                 "reason": None, "seller_message": "Payment complete."},
        payment_intent=intent["id"], payment_method=method["id"],
        payment_method_details=_method_details(box, intent, method, off_session=off_session),
        receipt_email=intent["receipt_email"], refunded=False, status="succeeded", transfer=None,
        transfer_data=intent["transfer_data"], transfer_group=intent["transfer_group"], _number=method["_number"],
    )  # fmt: skip


def _method_details(box: Box, intent: Json, method: Json, *, off_session: bool) -> Json:
    card = dict(method["card"])
    if intent["capture_method"] == "manual":
        short = off_session and card["brand"] == "visa"
        card["capture_before"] = box.now() + (OFF_SESSION_VISA_HOLD if short else ON_SESSION_HOLD)
    options = (intent["payment_method_options"] or {}).get("card") or {}
    asked = options.get("request_incremental_authorization") == "if_available"
    granted = asked and card["brand"] in INCREMENTAL_BRANDS
    card["incremental_authorization"] = {"status": "available" if granted else "unavailable"}
    card["amount_authorized"] = intent["amount"]
    return {"type": "card", "card": card}
