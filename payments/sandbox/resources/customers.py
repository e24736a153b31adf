"""Customers: who pays; deleting one takes its saved cards along."""

from __future__ import annotations

from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.errors import Json, missing
from payments.sandbox.listing import lists
from payments.sandbox.params import Params, merge_metadata
from payments.sandbox.resources.payment_methods import attach_to, resolve_method

FIELDS = ("email", "name", "phone", "description")
KEPT = ("address", "shipping", "preferred_locales")


def create(call: Call) -> Json:
    customer = call.box.new(
        "customer", "cus", owner=call.account, balance=0, currency=None, default_source=None, delinquent=False,
        invoice_settings={"custom_fields": None, "default_payment_method": None, "footer": None}, metadata={},
        tax_exempt="none", **dict.fromkeys((*FIELDS, *KEPT)),
    )  # fmt: skip
    method = call.params.optional("payment_method")
    if method:
        attach_to(call.box, resolve_method(call.box, method), customer["id"], account=call.account)
    _apply(call.params, customer)
    call.box.save(customer)
    call.box.emit("customer.created", customer, account=call.account)
    return customer


def update(call: Call) -> Json:
    customer = call.get("customer")
    _apply(call.params, customer)
    call.box.save(customer)
    call.box.emit("customer.updated", customer, account=call.account)
    return customer


def retrieve(call: Call) -> Json:
    """A deleted customer is still answered, as `{deleted: true}`."""
    customer = call.get("customer")
    return _gone(call.id) if customer.get("_deleted") else customer


def delete(call: Call) -> Json:
    customer = call.get("customer")
    if customer.get("_deleted"):
        raise missing("customer", call.id)
    for method in call.box.store.find("payment_method", customer=call.id):
        method["customer"] = None
        call.box.save(method)
    customer["_deleted"] = True
    call.box.save(customer)
    call.box.emit("customer.deleted", customer, account=call.account)
    return _gone(call.id)


def _apply(params: Params, customer: Json) -> None:
    for name in FIELDS:
        if name in params:
            customer[name] = params.optional(name)
    for name in KEPT:
        if name in params:
            customer[name] = params.raw(name) or None
    customer["metadata"] = merge_metadata(customer["metadata"], params.raw("metadata"))
    settings = params.mapping("invoice_settings")
    if "default_payment_method" in settings:
        customer["invoice_settings"]["default_payment_method"] = settings.optional("default_payment_method")


def _gone(identifier: str) -> Json:
    return {"id": identifier, "object": "customer", "deleted": True}


ROUTES = (
    Endpoint("POST", "/v1/customers", create),
    lists("/v1/customers", "customer", "email"),
    Endpoint("GET", "/v1/customers/{id}", retrieve),
    Endpoint("POST", "/v1/customers/{id}", update),
    Endpoint("DELETE", "/v1/customers/{id}", delete),
)
