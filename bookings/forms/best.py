"""How the best slots are chosen: what the driver cares about, and by what they stand in order. A GET form."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from bookings.costs import Preference

PREFERENCES: Final = [(str(one), one.label) for one in Preference]
ORDERS: Final = [("", "For you and others"), ("cost", "Your cost only"), ("earliest", "Earliest")]


class BestForm(forms.Form):
    """What cannot be read is left at its default."""

    prefer = forms.ChoiceField(required=False, choices=PREFERENCES)
    order = forms.ChoiceField(required=False, choices=ORDERS)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def preference(self) -> Preference:
        return Preference(self.cleaned_data.get("prefer") or Preference.BALANCED)

    @property
    def plain(self) -> str:
        """The plain ranker asked for, empty for the usual one."""
        return str(self.cleaned_data.get("order", ""))
