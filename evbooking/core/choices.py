"""Choices of a form's field that are known only when the form is made."""

from collections.abc import Iterable

from django.forms import BaseForm, ChoiceField


def offer_choices(form: BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let `name`, a choice field of `form`, be one of these values, each with its words."""
    field = form.fields[name]
    assert isinstance(field, ChoiceField)
    field.choices = list(choices)
