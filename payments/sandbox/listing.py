"""List endpoints: filters, limit, cursors (starting_after, ending_before) and created ranges."""

from __future__ import annotations

import operator
from typing import Any

from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.errors import Json, invalid, missing
from payments.sandbox.params import Params
from payments.sandbox.rendering import list_object

RANGES = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def list_objects(call: Call, kind: str, *filters: str, **fixed: Any) -> Json:
    """A page of the account's objects, newest first, whose fields equal the parameters named in `filters`."""
    equals: dict[str, Any] = {
        name: value for name in filters if (value := call.params.optional(name)) is not None
    }
    call.params.accept("created")  # also where there is nothing to compare it with
    found = call.box.store.find(kind, account=call.account, **fixed, **equals)
    return page(call, [item for item in found if _created_fits(call.params, item)], kind)


def page(call: Call, found: list[Json], kind: str) -> Json:
    """Cuts one page out of objects in list order. Raises for a bad limit or an unknown cursor."""
    limit = call.params.integer("limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise invalid("Invalid integer: limit is between 1 and 100", param="limit")
    after, before = call.params.optional("starting_after"), call.params.optional("ending_before")
    if before:
        earlier = found[: _position(found, before, kind, "ending_before")]
        return list_object(earlier[-limit:], call.path, has_more=len(earlier) > limit)
    rest = found[_position(found, after, kind, "starting_after") + 1 :] if after else found
    return list_object(rest[:limit], call.path, has_more=len(rest) > limit)


def lists(path: str, kind: str, *filters: str) -> Endpoint:
    return Endpoint("GET", path, lambda call: list_objects(call, kind, *filters))


def retrieves(path: str, kind: str) -> Endpoint:
    return Endpoint("GET", path + "/{id}", lambda call: call.get(kind))


def _position(found: list[Json], identifier: str, kind: str, param: str) -> int:
    for index, item in enumerate(found):
        if item["id"] == identifier:
            return index
    raise missing(kind, identifier, param)


def _created_fits(params: Params, item: Json) -> bool:
    value = params.raw("created")
    if value is None:
        return True
    if isinstance(value, str):
        return bool(item["created"] == _moment(value))
    return all(RANGES[name](item["created"], _moment(at)) for name, at in value.items() if name in RANGES)


def _moment(value: str) -> int:
    if not value.isdigit():
        raise invalid(f"Invalid integer: {value}", param="created")
    return int(value)
