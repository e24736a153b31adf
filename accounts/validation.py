"""One translation of Django's model validation into the field errors of the API."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Model

from evbooking.core.api.exceptions import api_code
from evbooking.core.errors import FieldError, Invalid


def check_fields(instance: Model, fields: Iterable[str]) -> None:
    """Check the values of `fields` as the model declares them. Raises Invalid with every field at fault."""
    wanted = list(fields)
    others = [field.name for field in instance._meta.fields if field.name not in wanted]
    try:
        instance.clean_fields(exclude=others)
    except ValidationError as refused:
        raise Invalid(_field_errors(refused, wanted)) from refused


def _field_errors(refused: ValidationError, order: list[str]) -> list[FieldError]:
    return [
        FieldError(field, api_code(error.code or "invalid"), " ".join(error.messages))
        for field in sorted(refused.error_dict, key=order.index)
        for error in refused.error_dict[field][:1]
    ]
