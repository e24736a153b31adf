"""Serializer fields for what api.md writes in its own way: instants, days at the site, money, decimals."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evbooking.core.api.json import decimal_string, instant
from evbooking.core.money import InvalidMoney, Money, UnknownCurrency

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, str, str, Any]):
    """RFC 3339 with offset in, aware UTC datetime inside, RFC 3339 with Z out. Errors: naive_time, invalid."""

    default_error_messages = {
        "invalid": "Give an instant as RFC 3339, like 2026-12-01T08:00:00Z.",
        "naive_time": "Give the offset, like 2026-12-01T08:00:00+01:00 or …Z.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not _INSTANT.fullmatch(data):
            self.fail("invalid")
        try:
            value = datetime.fromisoformat(data.upper().replace(" ", "T"))
            if value.tzinfo is None:
                self.fail("naive_time")
            return value.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return instant(value)


@extend_schema_field(
    {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
)
class InstantOrDayField(InstantField):
    """An instant with offset, or YYYY-MM-DD, which the caller turns into midnight at the site by `at_site`."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and _DAY.fullmatch(data):
            try:
                return date.fromisoformat(data)
            except ValueError:
                self.fail("invalid")
        return super().to_internal_value(data)


def at_site(value: datetime | date, zone: tzinfo) -> datetime:
    """The instant in UTC; a day means its midnight in `zone` (where the clock skips midnight: what follows)."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.combine(value, time.min, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(value, time.min, UTC)


class DecimalStringField(serializers.DecimalField):
    """A decimal as string (numbers are taken too): kW, kWh, percentages. Out without trailing zeros."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> str:
        return decimal_string(Decimal(value))


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "additionalProperties": False,
        "properties": {
            "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["12.34"]},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["EUR"]},
        },
    }
)
class MoneyField(serializers.Field[Money, Any, dict[str, str], Any]):
    """`{"amount": "12.34", "currency": "EUR"}`."""

    default_error_messages = {
        "invalid": "Give money as an object of a decimal string, amount, and an ISO 4217 code, currency."
    }

    def to_internal_value(self, data: Any) -> Money:
        try:
            return Money.from_json(data)
        except (InvalidMoney, UnknownCurrency):
            self.fail("invalid")

    def to_representation(self, value: Money) -> dict[str, str]:
        return value.as_json()
