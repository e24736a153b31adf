"""Every refusal under /api/ as a problem document with the codes of api.md."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from evbooking.core import errors
from evbooking.core.errors import DomainError, FieldError

PROBLEM = "application/problem+json"

# What Django and DRF call a violation > what api.md calls it. Codes that are in neither list are our own.
_CODES = {
    "required": "required",
    "blank": "required",
    "max_length": "too_long_text",
    "max_string_length": "too_long_text",
    "max_value": "out_of_range",
    "min_value": "out_of_range",
    "max_digits": "out_of_range",
    "max_whole_digits": "out_of_range",
    "overflow": "out_of_range",
}
_INVALID = frozenset(
    {
        "null",
        "null_characters_not_allowed",
        "surrogate_characters_not_allowed",
        "min_length",
        "max_decimal_places",
        "invalid_choice",
        "invalid_list",
        "not_a_list",
        "not_a_dict",
        "empty",
        "incorrect_type",
        "incorrect_match",
        "does_not_exist",
        "no_match",
        "unique",
        "unique_together",
        "date",
        "datetime",
        "make_aware",
        "invalid_image",
        "no_name",
        "password_mismatch",
        "error",
        "invalid_extension",
        "max_size",
        "invalid_unicode",
        "limit_value",
    }
)


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    status = 405
    title = "This address does not know that method."


class UnsupportedMediaType(DomainError):
    code = "unsupported_media_type"
    status = 415
    title = "The body's media type is not accepted here."


_BY_TYPE: list[tuple[type[Exception], type[DomainError]]] = [
    (drf.NotAuthenticated, errors.NotAuthenticated),
    (drf.AuthenticationFailed, errors.NotAuthenticated),
    (drf.PermissionDenied, errors.Forbidden),
    (PermissionDenied, errors.Forbidden),
    (drf.NotFound, errors.NotFound),
    (Http404, errors.NotFound),
    (drf.MethodNotAllowed, MethodNotAllowed),
    (drf.UnsupportedMediaType, UnsupportedMediaType),
    (RequestDataTooBig, errors.BodyTooLarge),
    (drf.ParseError, errors.MalformedBody),
    (UnreadablePostError, errors.MalformedBody),
    (BadRequest, errors.MalformedBody),
    (SuspiciousOperation, errors.MalformedBody),
]


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None, so a 500 by handler500, for what is nobody's bad input."""
    error = as_domain_error(exc)
    if error is None:
        return None
    response = Response(error.as_problem(), status=error.status, content_type=PROBLEM)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="evbooking"'
    elif error.status == 405:
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    elif isinstance(error, errors.RateLimited):
        response["Retry-After"] = str(error.retry_after)
    return response


def as_domain_error(exc: Exception) -> DomainError | None:
    """The named error for what DRF, Django and our services raise; None for a fault of ours."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, drf.ValidationError):
        return errors.Invalid(_field_errors(exc.detail))
    if isinstance(exc, ModelValidationError):
        return errors.Invalid(_model_field_errors(exc))
    kind = next((ours for theirs, ours in _BY_TYPE if isinstance(exc, theirs)), None)
    return kind() if kind else None


def _field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _field_errors(
                inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            )
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            leaf = isinstance(inner, drf.ErrorDetail)
            yield from _field_errors(inner, path if leaf else f"{path}.{index}".lstrip("."))
    else:
        yield FieldError(path, api_code(getattr(detail, "code", "invalid")), str(detail))


def _model_field_errors(exc: ModelValidationError) -> Iterator[FieldError]:
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {"": exc.error_list}
    for field, violations in by_field.items():
        for violation in violations:
            name = "" if field == "__all__" else field
            yield FieldError(name, api_code(violation.code or "invalid"), " ".join(violation.messages))


def api_code(code: str) -> str:
    """The code of api.md for a validation code of Django or DRF; our own codes pass unchanged."""
    return "invalid" if code in _INVALID else _CODES.get(code, code)
