"""PaymentMethods: test cards by token (`pm_card_visa`) or by number; attached to one customer at most."""

from __future__ import annotations

from payments.sandbox.box import Box, token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.cards import BY_TOKEN, TestCard, card_of_number, decline_error
from payments.sandbox.errors import Json, invalid, missing
from payments.sandbox.listing import list_objects, retrieves
from payments.sandbox.params import Params, merge_metadata

TEST_METHOD = "pm_card_"


def make_method(
    box: Box, card: TestCard, *, account: str = "", billing: Json | None = None, **details: int
) -> Json:
    """A new card PaymentMethod. The full number stays inside the sandbox."""
    return box.new(
        "payment_method", "pm", owner=account, allow_redisplay="unspecified", customer=None, type="card",
        metadata={},
        billing_details={"address": None, "email": None, "name": None, "phone": None, **(billing or {})},
        card={
            "brand": card.brand, "country": card.country, "exp_month": 12, "exp_year": 2034,
            "fingerprint": f"sandbox{card.number[-8:]}", "funding": card.funding, "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None}, "wallet": None,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "three_d_secure_usage": {"supported": True}, **details,
        },
        _number=card.number, _set_up=False,
    )  # fmt: skip


def resolve_method(box: Box, identifier: str, *, account: str = "", param: str = "payment_method") -> Json:
    """The PaymentMethod of an id; a test token (`pm_card_…`) becomes a new one. Raises resource_missing."""
    if identifier.startswith(TEST_METHOD):
        card = BY_TOKEN.get(identifier.removeprefix(TEST_METHOD))
        if card is None:
            raise missing("PaymentMethod", identifier, param)
        return make_method(box, card, account=account)
    return box.get("payment_method", identifier, account=account, param=param)


def method_from(call: Call, data: Params) -> Json:
    """A PaymentMethod from `payment_method_data` or from the body of POST /v1/payment_methods."""
    data.choice("type", ("card",))
    details = data.mapping("card")
    billing = data.raw("billing_details")
    data.accept("allow_redisplay", "radar_options")
    given = details.optional("token")
    card = _card_of_token(given) if given else card_of_number(details.required("number"))
    month, year = details.integer("exp_month"), details.integer("exp_year")
    if month is not None and not 1 <= month <= 12:
        raise invalid(
            "Your card's expiration month is invalid.", param="card[exp_month]", code="invalid_expiry_month"
        )
    details.accept("cvc")
    dates = {name: value for name, value in (("exp_month", month), ("exp_year", year)) if value}
    method = make_method(call.box, card, account=call.account, billing=billing, **dates)
    method["metadata"] = merge_metadata({}, data.raw("metadata"))
    call.box.save(method)
    return method


def attach_to(box: Box, method: Json, customer: str, *, account: str = "") -> None:
    """Saves a card for a customer. Raises the issuer's refusal, or when it is another customer's card."""
    if method["customer"] == customer:
        return
    if method["customer"]:
        raise invalid("The payment method you provided has already been attached to a customer.")
    box.get("customer", customer, account=account, param="customer")
    card = card_of_number(method["_number"])
    if card.declines_attaching and (error := decline_error(card, payment_method=method)):
        raise error
    method["customer"] = customer
    box.save(method)
    box.emit("payment_method.attached", method, account=account)


def create(call: Call) -> Json:
    return method_from(call, call.params)


def update(call: Call) -> Json:
    method = call.get("payment_method")
    if method["customer"] is None:
        raise invalid("You must save this PaymentMethod to a customer before you can update it.")
    method["metadata"] = merge_metadata(method["metadata"], call.params.raw("metadata"))
    method["billing_details"].update(call.params.raw("billing_details") or {})
    call.box.save(method)
    call.box.emit("payment_method.updated", method, account=call.account)
    return method


def attach(call: Call) -> Json:
    method = resolve_method(call.box, call.id, account=call.account)
    attach_to(call.box, method, call.params.required("customer"), account=call.account)
    return method


def detach(call: Call) -> Json:
    method = call.get("payment_method")
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    method["customer"] = None
    method["_spent"] = True
    call.box.save(method)
    call.box.emit("payment_method.detached", method, account=call.account)
    return method


def list_methods(call: Call) -> Json:
    call.params.accept("type", "allow_redisplay")
    return list_objects(call, "payment_method", customer=call.params.required("customer"))


def list_of_customer(call: Call) -> Json:
    call.get("customer")
    call.params.accept("type", "allow_redisplay")
    return list_objects(call, "payment_method", customer=call.id)


def retrieve_of_customer(call: Call) -> Json:
    method = call.get("payment_method", call.ids["method"])
    if method["customer"] != call.id:
        raise missing("PaymentMethod", method["id"])
    return method


def _card_of_token(given: str) -> TestCard:
    card = BY_TOKEN.get(given.removeprefix("tok_"))
    if card is None:
        raise missing("token", given, "card[token]")
    return card


def ephemeral_key(call: Call) -> Json:
    """A short-lived key for a telephone; Stripe wants the app's own API version with it."""
    call.get("customer", call.params.required("customer"), param="customer")
    body = call.box.new("ephemeral_key", "ephkey", owner=call.account)
    body.update(
        associated_objects=[{"id": call.params.required("customer"), "type": "customer"}],
        expires=call.box.now() + 3600,
        secret=f"ek_test_{token(40)}",
    )
    call.box.save(body)
    return body


def delete_ephemeral_key(call: Call) -> Json:
    key = call.get("ephemeral_key")
    key["expires"] = call.box.now()
    call.box.save(key)
    return key


ROUTES = (
    Endpoint("POST", "/v1/payment_methods", create, publishable=True),
    Endpoint("GET", "/v1/payment_methods", list_methods),
    retrieves("/v1/payment_methods", "payment_method"),
    Endpoint("POST", "/v1/payment_methods/{id}", update),
    Endpoint("POST", "/v1/payment_methods/{id}/attach", attach),
    Endpoint("POST", "/v1/payment_methods/{id}/detach", detach),
    Endpoint("GET", "/v1/customers/{id}/payment_methods", list_of_customer),
    Endpoint("GET", "/v1/customers/{id}/payment_methods/{method}", retrieve_of_customer),
    Endpoint("POST", "/v1/ephemeral_keys", ephemeral_key),
    Endpoint("DELETE", "/v1/ephemeral_keys/{id}", delete_ephemeral_key),
)
