"""Shapes of changes."""

from typing import Any


class AllOptional:
    """For PATCH: every field of the shape may be left out."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()  # type: ignore[misc]
        for field in fields.values():
            field.required = False
        return fields
