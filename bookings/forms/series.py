"""How a slot repeats, and how a series changes, as people choose it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict

from bookings.forms.slot import SlotForm
from bookings.recurrence import MOST, Rule
from bookings.services.series.changes import SeriesChange
from evbooking.core.choices import offer_choices
from stations.models import EVSE

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_USUAL: Final = {"frequency": "WEEKLY", "interval": "1", "count": "4"}
_DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RepeatForm(SlotForm):
    """A chosen slot and its rule. Of `until` and `count` the former wins."""

    frequency = forms.ChoiceField(label="Repeat", choices=[("WEEKLY", "by weeks"), ("DAILY", "by days")])
    interval = forms.IntegerField(
        label="Every", min_value=1, max_value=52, help_text="1 for each week or day, 2 for every other one."
    )
    days = forms.TypedMultipleChoiceField(
        label="On",
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        help_text="None marked: the weekday of the slot, or every day.",
    )
    count = forms.IntegerField(label="How many dates", required=False, min_value=1, max_value=MOST)
    until = forms.DateField(label="Or until", required=False, widget=_DAY, help_text=f"At most {MOST} dates.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("count") and not cleaned.get("until"):
            self.add_error("count", "Say how many dates, or until when.")
        return cleaned

    @property
    def rule(self) -> Rule:
        """The rule of a valid form."""
        until = self.cleaned_data["until"]
        return Rule(
            self.cleaned_data["frequency"],
            self.cleaned_data["interval"],
            frozenset(self.cleaned_data["days"]),
            count=None if until else self.cleaned_data["count"],
            until=until,
        )


class ChosenForm(forms.Form):
    """The dates that were marked, under the name that makes of two clicks one series."""

    series = forms.UUIDField(widget=forms.HiddenInput)
    dates = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, days: Sequence[date]) -> None:
        super().__init__(data)
        offer_choices(self, "dates", [(day.isoformat(), "") for day in days])

    @property
    def chosen(self) -> tuple[UUID, list[date]]:
        """The series' id and the days of a valid form."""
        return self.cleaned_data["series"], [date.fromisoformat(day) for day in self.cleaned_data["dates"]]


class ChangeForm(forms.Form):
    """From which date on, and what then; what is left empty stays. `own_days` are the weekdays of the series."""

    since = forms.TypedChoiceField(label="From this date on", coerce=date.fromisoformat)
    days = forms.TypedMultipleChoiceField(
        label="On",
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        help_text="As many as now: each date moves to its new day within its week, Monday to Sunday.",
    )
    clock = forms.TimeField(
        label="Start", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label="How many minutes", required=False, min_value=1, max_value=2880)
    evse = forms.ChoiceField(label="Charge point", required=False)

    def __init__(
        self,
        data: Any,
        *,
        dates: Sequence[tuple[date, str]],
        own_days: Sequence[int],
        evses: Sequence[EVSE],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self._own_days = frozenset(own_days)
        self._evses = {str(evse.pk): evse for evse in evses}
        offer_choices(self, "since", [(day.isoformat(), words) for day, words in dates])
        known = [(key, evse.physical_reference or evse.uid) for key, evse in self._evses.items()]
        offer_choices(self, "evse", [("", "As before, where it is free"), *known])

    @property
    def change(self) -> SeriesChange:
        """The change of a valid form."""
        minutes, days = self.cleaned_data["minutes"], frozenset(self.cleaned_data["days"])
        return SeriesChange(
            since=self.cleaned_data["since"],
            clock=self.cleaned_data["clock"],
            lasting=timedelta(minutes=minutes) if minutes else None,
            evse=self._evses.get(self.cleaned_data["evse"]),
            days=days if days != self._own_days else frozenset(),
        )


def with_usual_rule(data: QueryDict) -> QueryDict:
    """The same with a rule, where it has none yet: every week, four times."""
    if "frequency" in data:
        return data
    found = data.copy()
    for name, value in _USUAL.items():
        found[name] = value
    return found
