"""Fields of query parameters that the places of the API share."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evbooking.core.api.fields import InstantField, InstantOrDayField

_FIRST_YEAR, _LAST_YEAR = 2000, 2199  # what the calendars of sites are expanded for
T = TypeVar("T", bound=date)
NOBODY = UUID(int=0)


class FiniteFloatField(serializers.FloatField):
    """A number; NaN and infinities are `invalid`."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if math.isnan(value):
            self.fail("invalid")
        return value


class LatitudeField(FiniteFloatField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-90, max_value=90, **kwargs)


class LongitudeField(FiniteFloatField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-180, max_value=180, **kwargs)


class NearInstantField(InstantField):
    """An instant of this or the next century. Errors: naive_time, invalid, out_of_range."""

    default_error_messages = {"out_of_range": f"Give a time between {_FIRST_YEAR} and {_LAST_YEAR}."}

    def to_internal_value(self, data: Any) -> datetime:
        return _in_range(self, super().to_internal_value(data))


class NearInstantOrDayField(InstantOrDayField):
    """An instant or a day of this or the next century. Errors: naive_time, invalid, out_of_range."""

    default_error_messages = NearInstantField.default_error_messages

    def to_internal_value(self, data: Any) -> Any:
        return _in_range(self, super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.STR)
class OpaqueIdField(serializers.Field[UUID, str, str, Any]):
    """An id of ours; text that cannot be one names nobody, as an unknown id does."""

    def to_internal_value(self, data: Any) -> UUID:
        try:
            return UUID(data)
        except (ValueError, TypeError, AttributeError):
            return NOBODY

    def to_representation(self, value: UUID) -> str:
        return str(value)


def _in_range(field: serializers.Field[Any, Any, Any, Any], value: T) -> T:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        field.fail("out_of_range")
    return value
