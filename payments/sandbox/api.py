"""One API request from key to answer: authentication, faults, idempotency, transaction, expansion."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from payments.sandbox import idempotency
from payments.sandbox.box import Box, token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.errors import ApiError, Json, invalid, no_access
from payments.sandbox.expanding import expand
from payments.sandbox.faults import take_fault
from payments.sandbox.params import Params, decode_form
from payments.sandbox.rendering import public


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came over the wire. `raw` is the form body, or the query string of a GET."""

    method: str
    path: str
    ids: dict[str, str]
    raw: str
    headers: dict[str, str]


@dataclass(slots=True)
class Outgoing:
    """`hang` asks to keep the caller waiting that many seconds instead of answering."""

    status: int
    body: Json
    headers: dict[str, str]
    hang: int = 0


def answer(box: Box, endpoint: Endpoint, incoming: Incoming) -> Outgoing:
    """The answer to one request; never raises an ApiError."""
    try:
        publishable = _authenticate(incoming.headers, endpoint)
        with box.store.transaction():
            fault = take_fault(box, "api", f"{incoming.method} {incoming.path}")
            account = _account(box, incoming.headers)
    except ApiError as error:
        return _outgoing(error.status, error.as_json())
    if fault and fault["when"] == "before":
        return _faulty(fault)
    outgoing = _answer_once(box, endpoint, incoming, account, publishable=publishable)
    return _faulty(fault) if fault else outgoing


def _answer_once(
    box: Box, endpoint: Endpoint, incoming: Incoming, account: str, *, publishable: bool
) -> Outgoing:
    key = incoming.headers.get("idempotency-key", "") if incoming.method == "POST" else ""
    print_ = idempotency.fingerprint(incoming.method, incoming.path, incoming.raw)
    try:
        with box.store.transaction():
            if key and (saved := idempotency.replay(box, account, key, print_)):
                return _outgoing(*saved, key=key, replayed=True)
            status, body = _execute(box, endpoint, incoming, account, publishable=publishable)
            if key:
                idempotency.remember(box, account, key, print_, status, body)
    except ApiError as error:
        return _outgoing(error.status, public(error.as_json()), key=key)
    return _outgoing(status, body, key=key)


def _execute(
    box: Box, endpoint: Endpoint, incoming: Incoming, account: str, *, publishable: bool
) -> tuple[int, Json]:
    """Runs the handler. A refusal that is kept (a declined card) is an answer; any other rolls back."""
    values = decode_form(incoming.raw)
    paths = _expand_paths(values.pop("expand", []))
    call = Call(box, Params(values), incoming.ids, account, incoming.path, publishable)
    try:
        body = endpoint.handler(call)
    except ApiError as error:
        if not error.committed:
            raise
        return error.status, public(error.as_json())
    call.params.refuse_unread()
    return 200, public(expand(box, body, paths))


def _expand_paths(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(path, str) for path in given):
        raise invalid("Invalid array", param="expand")
    return given


def _authenticate(headers: dict[str, str], endpoint: Endpoint) -> bool:
    """True for a publishable key. Any sk_test_ or rk_test_ key opens the same world; live keys open nothing."""
    key = _key(headers.get("authorization", ""))
    if not key:
        raise _unauthorised("You did not provide an API key. You need to provide your API key in the Authorization "
                            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').")  # fmt: skip
    if key.startswith(("sk_test_", "rk_test_")):
        return False
    if not key.startswith("pk_test_"):
        raise _unauthorised(f"Invalid API Key provided: {key[:3]}{'*' * 8}")
    if not endpoint.publishable:
        raise ApiError(403, "invalid_request_error", "This API call cannot be made with a publishable API key. "
                       "Please use a secret API key.", code="secret_key_required")  # fmt: skip
    return True


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return value.strip()
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _account(box: Box, headers: dict[str, str]) -> str:
    account = headers.get("stripe-account", "")
    if account and box.store.get(account, "account") is None:
        raise no_access(account)
    return account


def _unauthorised(message: str) -> ApiError:
    return ApiError(401, "invalid_request_error", message)


def _faulty(fault: Json) -> Outgoing:
    if fault["kind"] == "hang":
        return _outgoing(
            504, _server_error("The sandbox kept you waiting, as it was asked to."), hang=fault["seconds"]
        )
    if fault["status"] == 429:
        body = {"error": {"type": "invalid_request_error", "code": "rate_limit",
                          "message": "Request rate limit exceeded."}}  # fmt: skip
        return _outgoing(429, body)
    return _outgoing(
        fault["status"], _server_error("An unknown error occurred (asked for at /_sandbox/faults).")
    )


def _server_error(message: str) -> Json:
    return {"error": {"type": "api_error", "message": message}}


def _outgoing(status: int, body: Json, *, key: str = "", replayed: bool = False, hang: int = 0) -> Outgoing:
    headers = {"Request-Id": f"req_{token(14)}"}
    if key:
        headers["Idempotency-Key"] = key
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return Outgoing(status, body, headers, hang)
