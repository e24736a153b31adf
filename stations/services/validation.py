"""One language of refusals: what models and OCPI documents find wrong, with the codes of the API."""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, TextField

from evbooking.core.api.exceptions import api_code
from evbooking.core.errors import FieldError, Invalid
from stations.documents import InvalidDocument

_INDEX: Final = re.compile(r"\[(\d+)\]")


def check_model(instance: Model, *, only: Collection[str] | None = None) -> list[FieldError]:
    """What is wrong with the fields of an instance (`only` those named), in the order of the model.

    Uniqueness and constraints are left to the database, which alone can know.
    """
    names = [field.name for field in instance._meta.fields]
    checked = [name for name in names if only is None or name in only]
    found = _field_errors(instance, [name for name in names if name not in checked])
    for name in checked:
        if name not in found and (error := _text_error(instance, name)):
            found[name] = error
    return [found[name] for name in checked if name in found]


def document_errors(field: str, invalid: InvalidDocument) -> list[FieldError]:
    """The errors of an OCPI document that stands at `field`; "" where the document is the body itself."""
    return [
        FieldError(".".join(filter(None, (field, _INDEX.sub(r".\1", error.field)))), error.code, error.detail)
        for error in invalid.errors
    ]


def not_finite(values: Mapping[str, float | None]) -> list[FieldError]:
    """An error for each of these numbers that is infinite or not a number: no range refuses the latter."""
    return [
        FieldError(name, "out_of_range", "This must be a finite number.")
        for name, value in values.items()
        if value is not None and not math.isfinite(value)
    ]


def below(prefix: str, errors: Iterable[FieldError]) -> list[FieldError]:
    """The same errors, one level deeper in the request."""
    return [FieldError(f"{prefix}.{error.field}", error.code, error.detail) for error in errors]


def refuse_if(errors: list[FieldError]) -> None:
    """Raises Invalid where there is anything to refuse."""
    if errors:
        raise Invalid(errors)


def _field_errors(instance: Model, skipped: list[str]) -> dict[str, FieldError]:
    try:
        instance.clean_fields(exclude=skipped)
    except ValidationError as error:
        return {
            field: FieldError(field, _code(errors[0]), " ".join(errors[0].messages))
            for field, errors in error.error_dict.items()
        }
    return {}


def _text_error(instance: Model, name: str) -> FieldError | None:
    """What Django does not look at: NUL, which PostgreSQL cannot store, and the length of long texts."""
    field = instance._meta.get_field(name)
    value = getattr(instance, name) if isinstance(field, CharField | TextField) else None
    if value is None:
        return None
    if "\x00" in value:
        return FieldError(name, "invalid", "This may hold no NUL character.")
    if isinstance(field, TextField) and field.max_length and len(value) > field.max_length:
        return FieldError(name, "too_long_text", f"This may have at most {field.max_length} characters.")
    return None


def _code(error: ValidationError) -> str:
    """As at the API's door, for what only models say: `null` was never given, `item_invalid` is in an array."""
    known = {"null": "required", "item_invalid": "invalid"}
    return known.get(error.code or "") or api_code(error.code or "invalid")
