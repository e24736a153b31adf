"""The base of request shapes, and how views read them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings


class StrictSerializer(serializers.Serializer[Any]):
    """A request body: each field that is not declared is refused as `unknown_field`, after the declared ones."""

    def to_internal_value(self, data: Any) -> Any:
        violations: dict[str, Any] = {}
        value: Any = None
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict) or api_settings.NON_FIELD_ERRORS_KEY in error.detail:
                raise
            violations.update(error.detail)
        for name in sorted(set(data) - set(self.fields)):
            violations[name] = [ErrorDetail("There is no such field.", code="unknown_field")]
        if violations:
            raise ValidationError(violations)
        return value


class NothingInput(StrictSerializer):
    """An empty object, or no body at all."""


def read_body(request: Request, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The validated JSON body. Raises DRF's ValidationError (422). For serializers that need no context."""
    value: dict[str, Any] = _shared(serializer_class).run_validation(request.data or {})
    return value


def read_query(request: Request, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The validated query parameters; the last of a repeated one counts, empty and unknown ones are ignored."""
    given: Mapping[str, str] = request.query_params
    known = _shared(serializer_class).fields
    value: dict[str, Any] = _shared(serializer_class).run_validation(
        {name: text for name, text in given.items() if text != "" and name in known}
    )
    return value


@cache
def _shared(serializer_class: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """One instance per class: validation keeps no state on it, and copying its fields costs more than the work."""
    return serializer_class()
