"""The OpenAPI document of the running code, and a way to read its shapes by dotted field names."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")
PREFIX = "/api/v1"


@cache
def document() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return made


def operations() -> dict[str, dict[str, Any]]:
    """Operations by `METHOD /path`, without the prefix."""
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def content_schema(part: dict[str, Any]) -> dict[str, Any]:
    """The schema of a request body's or an answer's only media type; empty where it has none."""
    media: dict[str, Any] = next(iter(part.get("content", {}).values()), {})
    schema: dict[str, Any] = media.get("schema", {})
    return schema


def has_field(schema: dict[str, Any], dotted: str) -> bool:
    """Whether every name on the way is declared, in one of the alternatives that a shape may have."""
    name, _, rest = dotted.partition(".")
    return any(
        name in shape["properties"] and (not rest or has_field(shape["properties"][name], rest))
        for shape in _objects(schema)
    )


def _objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The object shapes behind references, lists and alternatives."""
    shape = resolve(schema)
    for alternative in [*shape.get("oneOf", []), *shape.get("anyOf", []), *shape.get("allOf", [])]:
        yield from _objects(alternative)
    if "items" in shape:
        yield from _objects(shape["items"])
    if "properties" in shape:
        yield shape
