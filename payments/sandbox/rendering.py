"""How a stored object looks from outside: private fields (`_name`) never leave the sandbox."""

from __future__ import annotations

from typing import Any

from payments.sandbox.errors import Json


def public(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: public(item) for key, item in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value


def list_object(items: list[Json], url: str, *, has_more: bool = False) -> Json:
    return {"object": "list", "url": url, "has_more": has_more, "data": items}
