"""Calling a service from a form, so that its refusal stands beside the field it is about."""

from collections.abc import Callable
from typing import Any

from django import forms

from evbooking.core.errors import DomainError


def submit(form: forms.BaseForm, service: Callable[..., Any]) -> bool:
    """Call the service with what a valid form holds. True when done, else the form says why not."""
    return form.is_valid() and attempt(form, lambda: service(**form.cleaned_data))


def attempt(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do it; a refusal of a nested field stands at the form field it begins with, with its place in words."""
    try:
        act()
    except DomainError as refused:
        for error in refused.field_errors:
            name, _, rest = error.field.partition(".")
            known = name in form.fields
            place = rest if known else error.field
            form.add_error(name if known else None, f"{place}: {error.detail}" if place else error.detail)
        if not refused.field_errors:
            form.add_error(None, refused.detail)
        return False
    return True
