"""What an operator's staff chooses and fills in; the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms

from accounts.models import Operator
from bookings.services.cancel import OPERATOR_REASONS
from evbooking.core.choices import offer_choices
from evbooking.core.ocpi import CanceledReason, ReservationStatus
from stations.models import Station

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2099, 12, 31)
LONGEST: Final = timedelta(days=366)
_WORDS_HELP: Final = "The driver reads it. At most 200 characters."


class DayField(forms.DateField):
    """A day in this century, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("Choose a day between 2000 and 2099.", code="out_of_range")
        return day


class WhereForm(forms.Form):
    """Which operator and station: a GET form, without the operator where there is only one."""

    operator = forms.TypedChoiceField(required=False, coerce=UUID, empty_value=None)
    station = forms.TypedChoiceField(required=False, coerce=UUID, empty_value=None)

    def __init__(
        self,
        data: Any,
        *,
        operators: Sequence[Operator],
        stations: Sequence[Station],
        every_station: str = "",
        **filled: str,
    ) -> None:
        """`every_station` is the word for none chosen; `filled` counts where the address says nothing."""
        asked = data.copy()
        for name, value in filled.items():
            if not asked.get(name):
                asked[name] = value
        super().__init__(asked)
        blank = [("", every_station)] if every_station else []
        offer_choices(self, "operator", [(str(one.pk), one.name) for one in operators])
        offer_choices(self, "station", [*blank, *((str(one.pk), one.name) for one in stations)])
        if len(operators) == 1:
            del self.fields["operator"]
        self.is_valid()

    def value(self, name: str) -> Any:
        """What was chosen; None for nothing and for what cannot be read."""
        return self.cleaned_data.get(name) or None


class DayForm(WhereForm):
    day = DayField(required=False)


class BookingsForm(WhereForm):
    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), *((one.value, str(one.label).capitalize()) for one in ReservationStatus)],
    )
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)
    reference = forms.CharField(
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_reference(self) -> str:
        """References are written in capitals; spaces come from reading aloud."""
        return "".join(str(self.cleaned_data["reference"]).split()).upper()


class PeriodForm(WhereForm):
    first = DayField(label="First day")
    last = DayField(label="Last day")

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not come before the first.")
        elif first and last and last - first >= LONGEST:
            self.add_error("last", f"At most {LONGEST.days} days at once.")
        return self.cleaned_data


class RejectForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        help_text=_WORDS_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForOperatorForm(forms.Form):
    reason = forms.TypedChoiceField(
        label="What happened",
        coerce=CanceledReason,
        choices=[(one.value, str(one.label).capitalize()) for one in OPERATOR_REASONS],
    )
    words = forms.CharField(
        label="In your words",
        required=False,
        max_length=200,
        help_text=_WORDS_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
