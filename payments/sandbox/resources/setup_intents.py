"""SetupIntents: save a card for later, with 3-D Secure where the bank asks for it."""

from __future__ import annotations

from payments.sandbox.box import token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.confirming import confirm_setup
from payments.sandbox.errors import Json, invalid, unexpected_state
from payments.sandbox.listing import lists
from payments.sandbox.params import merge_metadata
from payments.sandbox.resources.payment_methods import method_from, resolve_method

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Json:
    params = call.params
    intent = call.box.new(
        "setup_intent", "seti", owner=call.account, application=None, cancellation_reason=None, customer=None,
        automatic_payment_methods=None, description=params.optional("description"), last_setup_error=None,
        latest_attempt=None, mandate=None, metadata=merge_metadata({}, params.raw("metadata")), next_action=None,
        on_behalf_of=params.optional("on_behalf_of"), payment_method=None, payment_method_options=None,
        payment_method_types=["card"], single_use_mandate=None, status="requires_payment_method",
        usage=params.choice("usage", ("off_session", "on_session")),
    )  # fmt: skip
    intent["client_secret"] = f"{intent['id']}_secret_{token()}"
    params.accept(
        "payment_method_types", "automatic_payment_methods", "payment_method_options", "use_stripe_sdk"
    )
    if params.optional("customer"):
        intent["customer"] = call.get("customer", params.text("customer"), param="customer")["id"]
    if params.optional("payment_method"):
        method = resolve_method(call.box, params.text("payment_method"), account=call.account)
        intent.update(payment_method=method["id"], status="requires_confirmation")
    call.box.save(intent)
    call.box.emit("setup_intent.created", intent, account=call.account)
    if params.boolean("confirm"):
        return _confirm(call, intent)
    params.accept("return_url")
    return intent


def retrieve(call: Call) -> Json:
    intent = call.get("setup_intent")
    _check_secret(call, intent)
    return intent


def update(call: Call) -> Json:
    intent = call.get("setup_intent")
    if intent["status"] not in OPEN:
        raise unexpected_state("setup_intent", intent["status"], "updated", setup_intent=intent)
    intent["metadata"] = merge_metadata(intent["metadata"], call.params.raw("metadata"))
    if "description" in call.params:
        intent["description"] = call.params.optional("description")
    call.box.save(intent)
    return intent


def confirm(call: Call) -> Json:
    intent = call.get("setup_intent")
    _check_secret(call, intent)
    if intent["status"] not in OPEN:
        raise unexpected_state("setup_intent", intent["status"], "confirmed", setup_intent=intent)
    return _confirm(call, intent)


def cancel(call: Call) -> Json:
    intent = call.get("setup_intent")
    if intent["status"] not in OPEN:
        raise unexpected_state("setup_intent", intent["status"], "canceled", setup_intent=intent)
    reason = call.params.optional("cancellation_reason")
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    call.box.save(intent)
    call.box.emit("setup_intent.canceled", intent, account=call.account)
    return intent


def _confirm(call: Call, intent: Json) -> Json:
    wanted = call.params.optional("payment_method") or intent["payment_method"]
    if "payment_method_data" in call.params:
        method = method_from(call, call.params.mapping("payment_method_data"))
    elif wanted:
        method = resolve_method(call.box, wanted, account=call.account)
    else:
        raise invalid("You cannot confirm this SetupIntent because it's missing a payment method.",
                      code="setup_intent_unexpected_state", setup_intent=intent)  # fmt: skip
    call.params.accept("client_secret", "use_stripe_sdk", "mandate_data")
    return confirm_setup(call.box, intent, method, return_url=call.params.optional("return_url"))


def _check_secret(call: Call, intent: Json) -> None:
    given = call.params.optional("client_secret")
    if (call.publishable or given) and given != intent["client_secret"]:
        raise invalid("The client_secret provided does not match.", param="client_secret")


ROUTES = (
    Endpoint("POST", "/v1/setup_intents", create),
    lists("/v1/setup_intents", "setup_intent", "customer", "payment_method"),
    Endpoint("GET", "/v1/setup_intents/{id}", retrieve, publishable=True),
    Endpoint("POST", "/v1/setup_intents/{id}", update),
    Endpoint("POST", "/v1/setup_intents/{id}/confirm", confirm, publishable=True),
    Endpoint("POST", "/v1/setup_intents/{id}/cancel", cancel),
)
