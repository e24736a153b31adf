"""What a page does with a form of words: a refusal comes back with everything that was typed."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evbooking.core.errors import DomainError, NotFound, RateLimited


def note(form: forms.Form, refused: DomainError) -> DomainError:
    """The refusal, which now stands in the form, too. What does not exist stays NotFound, and is raised."""
    if isinstance(refused, NotFound):
        raise refused
    for error in refused.field_errors:
        form.add_error(error.field if error.field in form.fields else None, error.detail)
    if not refused.field_errors:
        form.add_error(None, refused.detail)
    return refused


def show(
    request: HttpRequest, template: str, context: dict[str, Any], refused: DomainError | None = None
) -> HttpResponse:
    """The page of a `form`, with the status that the refusal has, or its own errors."""
    form: forms.Form = context["form"]
    status = refused.status if refused else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    answer = render(request, template, context, status=status)
    if isinstance(refused, RateLimited):
        answer["Retry-After"] = str(refused.retry_after)
    return answer
