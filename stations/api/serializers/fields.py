"""Serializer fields for what OCPI writes as objects: the document says their shape, the services check it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_CLOCK = {"type": "string", "examples": ["07:30"]}
_INSTANT = {"type": "string", "format": "date-time"}
_EXCEPTION = {
    "type": "object",
    "required": ["period_begin", "period_end"],
    "properties": {"period_begin": _INSTANT, "period_end": _INSTANT},
}
_HOURS: dict[str, Any] = {
    "type": "object",
    "description": "OCPI Hours, in the site's time zone",
    "required": ["twentyfourseven"],
    "properties": {
        "twentyfourseven": {"type": "boolean"},
        "regular_hours": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["weekday", "period_begin", "period_end"],
                "properties": {
                    "weekday": {"type": "integer", "minimum": 1, "maximum": 7},
                    "period_begin": _CLOCK,
                    "period_end": _CLOCK,
                },
            },
        },
        "exceptional_openings": {"type": "array", "items": _EXCEPTION},
        "exceptional_closings": {"type": "array", "items": _EXCEPTION},
    },
    "examples": [{"twentyfourseven": True}],
}
_LIMIT: dict[str, Any] = {
    "type": "object",
    "required": ["before_taxes"],
    "properties": {"before_taxes": {"type": "number"}, "after_taxes": {"type": "number"}},
}
_COMPONENT: dict[str, Any] = {
    "type": "object",
    "required": ["type", "price"],
    "properties": {
        "type": {"type": "string", "enum": ["ENERGY", "FLAT", "PARKING_TIME", "TIME"]},
        "price": {"type": "number", "minimum": 0},
        "vat": {"type": "number", "minimum": 0},
        "step_size": {"type": "integer", "minimum": 1},
    },
}
_ELEMENTS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["price_components"],
        "properties": {
            "price_components": {"type": "array", "minItems": 1, "items": _COMPONENT},
            "restrictions": {"type": "object", "description": "OCPI TariffRestrictions"},
        },
    },
    "examples": [[{"price_components": [{"type": "ENERGY", "price": 0.59, "vat": 19, "step_size": 1}]}]],
}
_TEXTS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["language", "text"],
        "properties": {"language": {"type": "string"}, "text": {"type": "string"}},
    },
}


@extend_schema_field(_HOURS)
class HoursField(serializers.JSONField):
    """An OCPI Hours object."""


@extend_schema_field(_LIMIT)
class PriceLimitField(serializers.JSONField):
    """An OCPI PriceLimit object."""


@extend_schema_field(_ELEMENTS)
class ElementsField(serializers.JSONField):
    """A list of OCPI TariffElement objects."""


@extend_schema_field(_TEXTS)
class TextsField(serializers.JSONField):
    """A list of OCPI DisplayText objects."""
