"""Which part of the history to show."""

from typing import Any

from django import forms

from bookings.forms.operator import DayField
from payments.selectors.history import What


class HistoryForm(forms.Form):
    what = forms.TypedChoiceField(
        label="Show",
        required=False,
        coerce=What,
        empty_value=None,
        choices=[
            ("", "Everything"),
            (What.PAID, "Paid"),
            (What.REFUNDED, "Refunded"),
            (What.AUTHORISED, "Authorised"),
        ],
    )
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not come before the first.")
        return self.cleaned_data
