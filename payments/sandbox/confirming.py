"""Confirmation of PaymentIntents and SetupIntents, and the 3-D Secure challenge between."""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.cards import decline_error
from payments.sandbox.charging import attempt, card_of, needs_challenge, refuse
from payments.sandbox.errors import CardError, Json
from payments.sandbox.resources.payment_methods import attach_to

AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


def confirm_payment(
    box: Box, intent: Json, method: Json, *, off_session: bool, return_url: str | None
) -> Json:
    """Tries to pay with `method`: requires_action, requires_capture or succeeded; CardError when refused."""
    intent["payment_method"] = method["id"]
    intent["_off_session"] = off_session
    if needs_challenge(card_of(method), method, off_session=off_session):
        if off_session:
            raise refuse(box, intent, method, _authentication_required())
        return _challenge(box, intent, return_url)
    return _pay(box, intent, method)


def confirm_setup(box: Box, intent: Json, method: Json, *, return_url: str | None) -> Json:
    """Saves `method` for later: requires_action or succeeded; CardError when refused."""
    intent["payment_method"] = method["id"]
    if card_of(method).authenticate in {"unless_set_up", "always"}:
        return _challenge(box, intent, return_url)
    return _set_up(box, intent, method)


def answer_challenge(box: Box, intent: Json, *, passed: bool) -> Json:
    """What the cardholder did on the bank's page. Raises CardError when the bank then refuses."""
    method = box.get("payment_method", intent["payment_method"], account=box.store.account_of(intent["id"]))
    if not passed:
        return _fail_challenge(box, intent, method)
    if intent["object"] == "payment_intent":
        return _pay(box, intent, method)
    return _set_up(box, intent, method)


def challenge_url(box: Box, intent: Json) -> str:
    return f"{box.url}/_sandbox/challenge/{intent['client_secret']}"


def _pay(box: Box, intent: Json, method: Json) -> Json:
    attempt(box, intent, method, off_session=intent["_off_session"])
    if intent["customer"] and intent["setup_future_usage"]:
        attach_to(box, method, intent["customer"], account=box.store.account_of(intent["id"]))
        method["_set_up"] = intent["setup_future_usage"] == "off_session"
        box.save(method)
    return intent


def _set_up(box: Box, intent: Json, method: Json) -> Json:
    card = card_of(method)
    error = decline_error(card, payment_method=method) if card.declines_attaching else None
    if error is not None:
        raise _refuse_setup(box, intent, error)
    if intent["customer"]:
        attach_to(box, method, intent["customer"], account=box.store.account_of(intent["id"]))
    method["_set_up"] = intent["usage"] == "off_session"
    box.save(method)
    intent.update(status="succeeded", next_action=None, last_setup_error=None)
    box.save(intent)
    box.emit("setup_intent.succeeded", intent)
    return intent


def _refuse_setup(box: Box, intent: Json, error: CardError) -> CardError:
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    intent["last_setup_error"] = dict(error.body)
    box.save(intent)
    error.body["setup_intent"] = intent
    box.emit("setup_intent.setup_failed", intent)
    return error


def _challenge(box: Box, intent: Json, return_url: str | None) -> Json:
    """Asks for the cardholder. Without a return_url the page of the client's SDK is meant."""
    url = challenge_url(box, intent)
    intent["status"] = "requires_action"
    intent["_return_url"] = return_url
    if return_url:
        intent["next_action"] = {
            "type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}
        }  # fmt: skip
    else:
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
        }
    box.save(intent)
    box.emit(f"{intent['object']}.requires_action", intent)
    return intent


def _fail_challenge(box: Box, intent: Json, method: Json) -> Json:
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    payment = intent["object"] == "payment_intent"
    code = "payment_intent_authentication_failure" if payment else "setup_intent_authentication_failure"
    field = "last_payment_error" if payment else "last_setup_error"
    intent[field] = {
        "type": "invalid_request_error", "code": code, "message": AUTHENTICATION_FAILED, "payment_method": method
    }  # fmt: skip
    box.save(intent)
    box.emit("payment_intent.payment_failed" if payment else "setup_intent.setup_failed", intent)
    return intent


def _authentication_required() -> CardError:
    return CardError(
        "Your card was declined. This transaction requires authentication.",
        code="authentication_required",
        decline_code="authentication_required",
    )
