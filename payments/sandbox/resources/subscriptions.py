"""Subscriptions and Invoices: the operators' own plan."""

from __future__ import annotations

from payments.sandbox.billing import (
    collect,
    end_subscription,
    intent_of,
    make_invoice,
    method_of,
    next_period,
    void,
)
from payments.sandbox.box import token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.errors import CardError, Json, invalid
from payments.sandbox.listing import list_objects, lists, page, retrieves
from payments.sandbox.params import Params, merge_metadata
from payments.sandbox.rendering import list_object
from payments.sandbox.resources.payment_methods import resolve_method

BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
INERT = ("proration_behavior", "collection_method", "billing_mode", "automatic_tax")


def create(call: Call) -> Json:
    """The first invoice is made at once and collected as `payment_behavior` says."""
    params, box = call.params, call.box
    customer = call.get("customer", params.required("customer"), param="customer")
    items = [_item(call, item) for item in params.mappings("items")]
    if not items:
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    subscription = box.new(
        "subscription", "sub", billing_cycle_anchor=box.now(), cancel_at=None, cancel_at_period_end=False,
        canceled_at=None, cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically", currency=items[0]["price"]["currency"], customer=customer["id"],
        default_payment_method=None, description=params.optional("description"), ended_at=None,
        items=list_object(items, "/v1/subscription_items"), latest_invoice=None,
        metadata=merge_metadata({}, params.raw("metadata")), payment_settings=_payment_settings(params),
        pending_setup_intent=None, start_date=box.now(),
        status="incomplete", trial_end=None, trial_start=None,
    )  # fmt: skip
    params.accept(*INERT)
    _apply_method(call, subscription)
    behavior, off_session = params.choice("payment_behavior", BEHAVIORS), params.boolean("off_session")
    invoice = make_invoice(box, subscription, "subscription_create")
    box.emit("customer.subscription.created", subscription)
    if behavior == "default_incomplete" and invoice["amount_due"]:
        intent_of(box, invoice)
        return subscription
    return _collect_first(call, subscription, invoice, behavior, off_session=off_session)


def update(call: Call) -> Json:
    """A new price takes effect with the next invoice: the sandbox makes no prorations."""
    subscription, params = call.get("subscription"), call.params
    if subscription["status"] == "canceled":
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    before = {name: subscription[name] for name in ("cancel_at_period_end", "default_payment_method")}
    for change in params.mappings("items"):
        _change_item(call, subscription, change)
    if "cancel_at_period_end" in params:
        ending = params.boolean("cancel_at_period_end")
        subscription["cancel_at_period_end"] = ending
        subscription["canceled_at"] = call.box.now() if ending else None
        subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"] if ending else None
    subscription["metadata"] = merge_metadata(subscription["metadata"], params.raw("metadata"))
    if "payment_settings" in params:
        subscription["payment_settings"] = _payment_settings(params)
    params.accept("payment_behavior", "off_session", *INERT)
    _apply_method(call, subscription)
    call.box.save(subscription)
    call.box.emit("customer.subscription.updated", subscription, previous=before)
    return subscription


def cancel(call: Call) -> Json:
    subscription = call.get("subscription")
    if subscription["status"] == "canceled":
        raise invalid(f"No such subscription: {call.id}", code="resource_missing", param="id")
    call.params.accept("invoice_now", "prorate", "cancellation_details")
    end_subscription(call.box, subscription, "cancellation_requested")
    return subscription


def list_subscriptions(call: Call) -> Json:
    """Canceled ones are listed only when they are asked for, as at Stripe."""
    status = call.params.optional("status")
    if status and status != "all":
        return list_objects(call, "subscription", "customer", status=status)
    if status == "all":
        return list_objects(call, "subscription", "customer")
    customer = call.params.optional("customer")
    found = call.box.store.find("subscription", account=call.account)
    found = [item for item in found if customer in {None, item["customer"]}]
    return page(call, [item for item in found if item["status"] != "canceled"], "subscription")


def pay_invoice(call: Call) -> Json:
    invoice = call.get("invoice")
    if invoice["status"] != "open":
        raise invalid(f"Invoice is already {invoice['status']}.", code="invoice_not_editable")
    subscription = call.box.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    chosen = call.params.optional("payment_method")
    method = resolve_method(call.box, chosen) if chosen else method_of(call.box, subscription)
    if method is None:
        raise invalid("There is no `default_payment_method` set on this Customer or Invoice.",
                      code="invoice_payment_intent_requires_action")  # fmt: skip
    return collect(call.box, invoice, method, off_session=call.params.boolean("off_session"))


def void_invoice(call: Call) -> Json:
    invoice = call.get("invoice")
    if invoice["status"] != "open":
        raise invalid(f"You can only void open invoices; this one is {invoice['status']}.")
    void(call.box, invoice)
    return invoice


def list_invoices(call: Call) -> Json:
    subscription = call.params.optional("subscription")
    filters = {"parent.subscription_details.subscription": subscription} if subscription else {}
    return list_objects(call, "invoice", "customer", "status", **filters)


def _payment_settings(params: Params) -> Json:
    given = params.mapping("payment_settings")
    given.accept("payment_method_options", "payment_method_types")
    saves = given.choice("save_default_payment_method", ("off", "on_subscription"))
    return {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": saves,
    }


def _item(call: Call, data: Params) -> Json:
    price = call.get("price", data.required("price"), param="items[0][price]")
    if price["recurring"] is None:
        raise invalid("The price specified is set to `type=one_time` but this field only accepts prices with "
                      "`type=recurring`.", param="items[0][price]")  # fmt: skip
    quantity = data.integer("quantity")
    now = call.box.now()
    return {
        "id": f"si_{token()}", "object": "subscription_item", "created": now, "price": price, "metadata": {},
        "quantity": 1 if quantity is None else quantity, "current_period_start": now,
        "current_period_end": next_period(now, price["recurring"]),
    }  # fmt: skip


def _change_item(call: Call, subscription: Json, change: Params) -> None:
    wanted = change.required("id")
    for item in subscription["items"]["data"]:
        if item["id"] == wanted:
            if change.optional("price"):
                item["price"] = call.get("price", change.text("price"), param="items[0][price]")
            quantity = change.integer("quantity")
            item["quantity"] = item["quantity"] if quantity is None else quantity
            return
    raise invalid(f"No such subscription item: '{wanted}'", code="resource_missing", param="items[0][id]")


def _apply_method(call: Call, subscription: Json) -> None:
    chosen = call.params.optional("default_payment_method")
    if chosen is None:
        return
    method = call.get("payment_method", chosen, param="default_payment_method")
    if method["customer"] != subscription["customer"]:
        raise invalid(
            "The customer does not have a payment method with this ID.", param="default_payment_method"
        )
    subscription["default_payment_method"] = chosen


def _collect_first(
    call: Call, subscription: Json, invoice: Json, behavior: str, *, off_session: bool
) -> Json:
    method = method_of(call.box, subscription)
    if method is None and invoice["amount_due"]:
        raise invalid("This customer has no attached payment source or default payment method.",
                      code="resource_missing")  # fmt: skip
    try:
        collect(call.box, invoice, method, off_session=off_session)
    except CardError:
        if behavior == "error_if_incomplete":
            end_subscription(call.box, subscription, "payment_failed")
            raise
    return call.get("subscription", subscription["id"])


ROUTES = (
    Endpoint("POST", "/v1/subscriptions", create),
    Endpoint("GET", "/v1/subscriptions", list_subscriptions),
    retrieves("/v1/subscriptions", "subscription"),
    Endpoint("POST", "/v1/subscriptions/{id}", update),
    Endpoint("DELETE", "/v1/subscriptions/{id}", cancel),
    Endpoint("GET", "/v1/invoices", list_invoices),
    retrieves("/v1/invoices", "invoice"),
    Endpoint("POST", "/v1/invoices/{id}/pay", pay_invoice),
    Endpoint("POST", "/v1/invoices/{id}/void", void_invoice),
    lists("/v1/invoice_payments", "invoice_payment", "invoice"),
)
