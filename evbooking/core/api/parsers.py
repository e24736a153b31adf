"""Bodies: strict JSON objects."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from evbooking.core.errors import MalformedBody


class StrictJSONParser(BaseParser):
    """A JSON object in UTF-8 without NaN, Infinity, numbers beyond a double, or lone surrogates.

    Raises MalformedBody (400 malformed_body) for anything else.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        return parse_object(stream.read())


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. Raises MalformedBody."""
    try:
        text = raw.decode()
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no text that can be kept
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"The body cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise MalformedBody("The body is JSON, but not an object.")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number
