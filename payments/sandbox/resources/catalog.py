"""Products and Prices: what the platform sells to operators."""

from __future__ import annotations

from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.errors import Json, invalid
from payments.sandbox.listing import list_objects, retrieves
from payments.sandbox.money import check_currency
from payments.sandbox.params import Params, merge_metadata

INTERVALS = ("month", "year", "week", "day")


def create_product(call: Call) -> Json:
    product = call.box.new(
        "product", "prod", active=True, default_price=None, description=call.params.optional("description"), images=[],
        metadata=merge_metadata({}, call.params.raw("metadata")), name=call.params.required("name"), type="service",
        updated=call.box.now(),
    )  # fmt: skip
    if "default_price_data" in call.params:
        product["default_price"] = _price(call, call.params.mapping("default_price_data"), product["id"])[
            "id"
        ]
        call.box.save(product)
    call.box.emit("product.created", product)
    return product


def update_product(call: Call) -> Json:
    product = call.get("product")
    for name in ("name", "description", "default_price"):
        if name in call.params:
            product[name] = call.params.optional(name)
    _apply(call, product)
    call.box.emit("product.updated", product)
    return product


def create_price(call: Call) -> Json:
    params = call.params
    if "product_data" in params:
        data = params.mapping("product_data")
        product = call.box.new("product", "prod", active=True, default_price=None, description=None, images=[],
                               metadata={}, name=data.required("name"), updated=call.box.now())  # fmt: skip
    else:
        product = call.get("product", params.required("product"), param="product")
    return _price(call, params, product["id"])


def update_price(call: Call) -> Json:
    price = call.get("price")
    for name in ("nickname", "lookup_key"):
        if name in call.params:
            price[name] = call.params.optional(name)
    _apply(call, price)
    call.box.emit("price.updated", price)
    return price


def list_prices(call: Call) -> Json:
    """`lookup_keys[]` finds a price by the name the platform gave it."""
    keys = call.params.raw("lookup_keys")
    listed = list_objects(call, "price", "product", "currency", **_active(call))
    if keys:
        listed["data"] = [price for price in listed["data"] if price["lookup_key"] in keys]
    return listed


def list_products(call: Call) -> Json:
    return list_objects(call, "product", **_active(call))


def _active(call: Call) -> dict[str, object]:
    return {"active": int(call.params.boolean("active"))} if "active" in call.params else {}


def _apply(call: Call, body: Json) -> None:
    if "active" in call.params:
        body["active"] = call.params.boolean("active")
    body["metadata"] = merge_metadata(body["metadata"], call.params.raw("metadata"))
    call.box.save(body)


def _price(call: Call, params: Params, product: str) -> Json:
    amount = params.required_integer("unit_amount")
    if amount < 0:
        raise invalid("This value must be greater than or equal to 0.", param="unit_amount")
    recurring = params.mapping("recurring")
    interval = recurring.optional("interval")
    if interval and interval not in INTERVALS:
        raise invalid("Invalid recurring[interval]", param="recurring[interval]")
    rhythm = {
        "interval": interval,
        "interval_count": recurring.integer("interval_count") or 1,
        "usage_type": "licensed",
    }
    price = call.box.new(
        "price", "price", active=True, billing_scheme="per_unit", currency=check_currency(params.required("currency")),
        lookup_key=params.optional("lookup_key"), metadata=merge_metadata({}, params.raw("metadata")),
        nickname=params.optional("nickname"), product=product, recurring=rhythm if interval else None,
        tax_behavior=params.text("tax_behavior", "unspecified"), type="recurring" if interval else "one_time",
        unit_amount=amount, unit_amount_decimal=str(amount),
    )  # fmt: skip
    call.box.emit("price.created", price)
    return price


ROUTES = (
    Endpoint("POST", "/v1/products", create_product),
    Endpoint("GET", "/v1/products", list_products),
    retrieves("/v1/products", "product"),
    Endpoint("POST", "/v1/products/{id}", update_product),
    Endpoint("POST", "/v1/prices", create_price),
    Endpoint("GET", "/v1/prices", list_prices),
    retrieves("/v1/prices", "price"),
    Endpoint("POST", "/v1/prices/{id}", update_price),
)
