"""`expand[]`: identifiers become the objects they name; some fields exist only when they are expanded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from payments.sandbox.box import Box
from payments.sandbox.errors import Json, invalid
from payments.sandbox.rendering import list_object

DEPTH = 4


def _refunds(box: Box, charge: Json) -> Json:
    return list_object(box.store.find("refund", charge=charge["id"]), f"/v1/charges/{charge['id']}/refunds")


def _invoice_payments(box: Box, invoice: Json) -> Json:
    found = box.store.find("invoice_payment", invoice=invoice["id"])
    return list_object(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def _confirmation_secret(box: Box, invoice: Json) -> Json | None:
    intent = box.store.get(str(invoice.get("_payment_intent")))
    return {"type": "payment_intent", "client_secret": intent["client_secret"]} if intent else None


INCLUDED: dict[tuple[str, str], Callable[[Box, Json], Json | None]] = {
    ("charge", "refunds"): _refunds,
    ("invoice", "payments"): _invoice_payments,
    ("invoice", "confirmation_secret"): _confirmation_secret,
}


def expand(box: Box, body: Json, paths: list[str]) -> Json:
    """The body with every path (`latest_charge.balance_transaction`, `data.customer`) filled in."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEPTH + (names[0] == "data"):
            raise invalid(f"You cannot expand more than {DEPTH} levels of a property.", param="expand")
        _expand(box, body, names, path)
    return body


def _expand(box: Box, value: Any, names: list[str], path: str) -> None:
    if isinstance(value, list):
        for item in value:
            _expand(box, item, names, path)
    elif isinstance(value, dict) and names:
        _expand(box, _filled(box, value, names[0], path), names[1:], path)


def _filled(box: Box, body: Json, name: str, path: str) -> Any:
    included = INCLUDED.get((str(body.get("object")), name))
    if included and not isinstance(body.get(name), dict):
        body[name] = included(box, body)
    if name not in body:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand[0]")
    if isinstance(body[name], str):
        body[name] = box.store.get(body[name]) or body[name]
    return body[name]
