"""JSON as api.md writes it: instants in UTC with Z, decimals as strings, money as an object."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from evbooking.core.money import Money


def instant(value: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC: 2026-12-01T08:00:00Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def decimal_string(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros: 11, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_FORMS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (datetime, instant),
    (Decimal, decimal_string),
    (Money, Money.as_json),
    (UUID, str),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, timedelta.total_seconds),
    (Promise, str),
    ((set, frozenset), sorted),
)


def _default(value: object) -> Any:
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here.")


_ENCODER = json.JSONEncoder(
    default=_default, ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
)


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON. Raises TypeError for foreign types, ValueError for NaN and infinities."""
    return _ENCODER.encode(value).encode()
