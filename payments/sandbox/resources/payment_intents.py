"""PaymentIntents: create, confirm, capture, increment, cancel (docs.stripe.com/payments/paymentintents/lifecycle)."""

from __future__ import annotations

from payments.sandbox.billing import settle_invoice
from payments.sandbox.box import token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.cards import BY_NUMBER, decline_error
from payments.sandbox.charging import capture, release
from payments.sandbox.confirming import confirm_payment
from payments.sandbox.destinations import check_destination
from payments.sandbox.errors import Json, invalid, unexpected_state
from payments.sandbox.listing import lists
from payments.sandbox.money import check_amount, check_currency
from payments.sandbox.params import Params, merge_metadata
from payments.sandbox.resources.payment_methods import method_from, resolve_method

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
INERT = (
    "payment_method_types", "allowed_payment_method_types", "statement_descriptor",
    "statement_descriptor_suffix", "use_stripe_sdk", "mandate_data", "radar_options", "error_on_requires_action",
)  # fmt: skip
MAX_INCREMENTS = 10


def create(call: Call) -> Json:
    params = call.params
    if call.account:
        raise invalid("The sandbox takes destination charges only, no direct charges.")
    currency = check_currency(params.required("currency"))
    amount = check_amount(params.required_integer("amount"), currency)
    intent = call.box.new(
        "payment_intent", "pi", owner=call.account, amount=amount, amount_capturable=0, amount_details={"tip": {}},
        amount_received=0, application=None, application_fee_amount=None, canceled_at=None,
        automatic_payment_methods=_automatic(params), cancellation_reason=None,
        capture_method=params.choice("capture_method", ("automatic", "automatic_async", "manual")),
        confirmation_method=params.choice("confirmation_method", ("automatic", "manual")),
        currency=currency, customer=None, description=None, last_payment_error=None, latest_charge=None,
        metadata={}, next_action=None, on_behalf_of=None, payment_method=None, payment_method_options=None,
        payment_method_types=["card"], processing=None, receipt_email=None, review=None,
        setup_future_usage=None, shipping=None, source=None, statement_descriptor=None, transfer_data=None,
        transfer_group=None, status="requires_payment_method", _increments=0, _off_session=False,
    )  # fmt: skip
    intent["client_secret"] = f"{intent['id']}_secret_{token()}"
    _apply(call, intent)
    call.box.save(intent)
    call.box.emit("payment_intent.created", intent, account=call.account)
    if params.boolean("confirm"):
        return _confirm(call, intent)
    params.accept("off_session", "return_url")
    return intent


def update(call: Call) -> Json:
    intent = call.get("payment_intent")
    if intent["status"] not in OPEN:
        raise unexpected_state("payment_intent", intent["status"], "updated", payment_intent=intent)
    if "amount" in call.params:
        intent["amount"] = check_amount(call.params.required_integer("amount"), intent["currency"])
    _apply(call, intent)
    call.box.save(intent)
    return intent


def retrieve(call: Call) -> Json:
    intent = call.get("payment_intent")
    _check_secret(call, intent)
    return intent


def confirm(call: Call) -> Json:
    intent = call.get("payment_intent")
    _check_secret(call, intent)
    if intent["status"] not in OPEN:
        raise unexpected_state("payment_intent", intent["status"], "confirmed", payment_intent=intent)
    if not call.publishable:
        _apply(call, intent)
    return _confirm(call, intent)


def capture_intent(call: Call) -> Json:
    intent = call.get("payment_intent")
    if intent["status"] != "requires_capture":
        raise unexpected_state("payment_intent", intent["status"], "captured", payment_intent=intent)
    wanted = call.params.integer("amount_to_capture")
    amount = intent["amount_capturable"] if wanted is None else wanted
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param="amount_to_capture",
                      code="parameter_invalid_integer")  # fmt: skip
    if amount > intent["amount_capturable"]:
        raise invalid(
            "The requested capture amount is greater than the amount you can capture for this charge.",
            param="amount_to_capture", code="amount_too_large",
        )  # fmt: skip
    if "application_fee_amount" in call.params:
        intent["application_fee_amount"] = call.params.integer("application_fee_amount")
    call.params.accept("final_capture", "statement_descriptor_suffix")
    intent["metadata"] = merge_metadata(intent["metadata"], call.params.raw("metadata"))
    charge = call.get("charge", intent["latest_charge"])
    capture(call.box, intent, charge, amount)
    return intent


def increment(call: Call) -> Json:
    """Raises the authorised amount where it was asked for and the brand grants it: at most ten times."""
    intent = call.get("payment_intent")
    if intent["status"] != "requires_capture":
        raise unexpected_state("payment_intent", intent["status"], "incremented", payment_intent=intent)
    charge = call.get("charge", intent["latest_charge"])
    card = charge["payment_method_details"]["card"]
    if card["incremental_authorization"]["status"] != "available" or intent["_increments"] >= MAX_INCREMENTS:
        raise invalid("This PaymentIntent is not eligible for an incremental authorization.")
    amount = check_amount(call.params.required_integer("amount"), intent["currency"])
    if amount <= intent["amount"]:
        raise invalid("The amount must be greater than the currently authorized amount.", param="amount")
    if error := decline_error(BY_NUMBER[charge["_number"]], payment_intent=intent):
        raise error
    if "application_fee_amount" in call.params:
        intent["application_fee_amount"] = call.params.integer("application_fee_amount")
    call.params.accept("statement_descriptor")
    intent["metadata"] = merge_metadata(intent["metadata"], call.params.raw("metadata"))
    intent.update(amount=amount, amount_capturable=amount, _increments=intent["_increments"] + 1)
    charge["amount"] = card["amount_authorized"] = amount
    call.box.save(charge)
    call.box.save(intent)
    call.box.emit("payment_intent.amount_capturable_updated", intent, account=call.account)
    return intent


def cancel(call: Call) -> Json:
    intent = call.get("payment_intent")
    if intent["status"] not in (*OPEN, "requires_capture"):
        raise unexpected_state("payment_intent", intent["status"], "canceled", payment_intent=intent)
    reason = call.params.optional("cancellation_reason")
    if reason and reason not in REASONS:
        raise invalid("Invalid cancellation_reason", param="cancellation_reason")
    release(call.box, intent, reason=reason)
    return intent


def _confirm(call: Call, intent: Json) -> Json:
    if "payment_method_data" in call.params:
        method = method_from(call, call.params.mapping("payment_method_data"))
    elif call.params.optional("payment_method") or intent["payment_method"]:
        wanted = call.params.optional("payment_method") or intent["payment_method"]
        method = resolve_method(call.box, wanted, account=call.account)
    else:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent "
            "with a payment method and then confirm it again.",
            code="payment_intent_unexpected_state", payment_intent=intent,
        )  # fmt: skip
    _check_owner(intent, method)
    call.params.accept("client_secret", "use_stripe_sdk", "mandate_data", "radar_options")
    confirm_payment(
        call.box, intent, method, off_session=call.params.boolean("off_session"),
        return_url=call.params.optional("return_url"),
    )  # fmt: skip
    settle_invoice(call.box, intent)
    return intent


def _check_owner(intent: Json, method: Json) -> None:
    if method["customer"] and method["customer"] != intent["customer"]:
        raise invalid("The PaymentMethod belongs to another Customer.", param="payment_method")
    if method.get("_spent"):
        raise invalid("This PaymentMethod was previously detached from a Customer and may not be used again.",
                      param="payment_method")  # fmt: skip


def _check_secret(call: Call, intent: Json) -> None:
    given = call.params.optional("client_secret")
    if (call.publishable or given) and given != intent["client_secret"]:
        raise invalid("The client_secret provided does not match.", param="client_secret",
                      code="payment_intent_invalid_parameter")  # fmt: skip


def _automatic(params: Params) -> Json | None:
    given = params.raw("automatic_payment_methods")
    return (
        {"enabled": given.get("enabled") == "true", "allow_redirects": "always"}
        if isinstance(given, dict)
        else None
    )


def _apply(call: Call, intent: Json) -> None:
    """Fields that creation, update and confirmation share."""
    params = call.params
    for name in ("description", "receipt_email", "transfer_group", "on_behalf_of", "setup_future_usage"):
        if name in params:
            intent[name] = params.optional(name)
    for name in ("payment_method_options", "shipping"):
        if name in params:
            intent[name] = params.raw(name) or None
    if params.optional("customer"):
        intent["customer"] = call.get("customer", params.text("customer"), param="customer")["id"]
    intent["metadata"] = merge_metadata(intent["metadata"], params.raw("metadata"))
    _apply_destination(call, intent)
    params.accept(*INERT)
    if params.optional("payment_method"):
        method = resolve_method(call.box, params.text("payment_method"), account=call.account)
        _check_owner(intent, method)
        intent.update(payment_method=method["id"], status="requires_confirmation")


def _apply_destination(call: Call, intent: Json) -> None:
    target = call.params.mapping("transfer_data")
    if "destination" in target:
        check_destination(call.box, target.required("destination"))
        amount = target.integer("amount")
        intent["transfer_data"] = {"destination": target.text("destination")} | (
            {"amount": amount} if amount else {}
        )
    fee = call.params.integer("application_fee_amount")
    if fee is not None:
        intent["application_fee_amount"] = fee
    if intent["application_fee_amount"] is None:
        return
    if intent["transfer_data"] is None:
        raise invalid("Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment "
                      "or destination payment.", param="application_fee_amount")  # fmt: skip
    if not 0 <= intent["application_fee_amount"] <= intent["amount"]:
        raise invalid(
            "Your application fee cannot exceed the amount of the charge.", param="application_fee_amount"
        )
    if "amount" in intent["transfer_data"]:
        raise invalid("You may not provide both application_fee_amount and transfer_data[amount].",
                      param="application_fee_amount")  # fmt: skip


ROUTES = (
    Endpoint("POST", "/v1/payment_intents", create),
    lists("/v1/payment_intents", "payment_intent", "customer"),
    Endpoint("GET", "/v1/payment_intents/{id}", retrieve, publishable=True),
    Endpoint("POST", "/v1/payment_intents/{id}", update),
    Endpoint("POST", "/v1/payment_intents/{id}/confirm", confirm, publishable=True),
    Endpoint("POST", "/v1/payment_intents/{id}/capture", capture_intent),
    Endpoint("POST", "/v1/payment_intents/{id}/increment_authorization", increment),
    Endpoint("POST", "/v1/payment_intents/{id}/cancel", cancel),
)
