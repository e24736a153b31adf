"""What administrators look for in money; the rules are the services'."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms

from bookings.forms.operator import LONGEST, DayField
from payments.models import StripeEvent

LONGEST_TYPE: Final = 80


class StripeEventFilter(forms.Form):
    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), *((one.value, str(one.label).capitalize()) for one in StripeEvent.State)],
    )
    type = forms.CharField(
        required=False,
        max_length=LONGEST_TYPE,
        label="Type begins with",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )


class PlatformPeriodForm(forms.Form):
    """First and last day, UTC; what the address leaves out is filled in."""

    first = DayField(label="First day")
    last = DayField(label="Last day")

    def __init__(self, data: Any, **filled: str) -> None:
        asked = data.copy()
        for name, value in filled.items():
            if not asked.get(name):
                asked[name] = value
        super().__init__(asked)

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not come before the first.")
        elif first and last and last - first >= LONGEST:
            self.add_error("last", f"At most {LONGEST.days} days at once.")
        return self.cleaned_data

    @property
    def window(self) -> tuple[date, date]:
        """[first, day after the last)."""
        return self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)
