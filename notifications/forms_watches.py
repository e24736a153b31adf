"""What somebody watches: where, with which connector, now or a slot, and for how long."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from bookings.forms.waitlist import WallClockField
from bookings.presentation.words import minutes
from evbooking.core.ocpi import ConnectorType
from notifications.models.watch import LONGEST_PLACE
from notifications.services.watches.keeping import Slot

_DURATIONS: Final = (15, 30, 45, 60, 90, 120, 180, 240, 480)
_LIVES: Final = ((1, "a day"), (3, "3 days"), (7, "a week"), (30, "30 days"), (90, "90 days"))


class WatchForm(forms.Form):
    connector = forms.ChoiceField(
        label="Connector", required=False, choices=[("", "Any connector"), *ConnectorType.choices]
    )
    earliest = WallClockField(
        label="For a start from", required=False, help_text="Empty: tell me when something is free at once."
    )
    latest = WallClockField(label="and before", required=False)
    duration_minutes = forms.TypedChoiceField(
        label="How long",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((str(number), minutes(number)) for number in _DURATIONS)],
    )
    days = forms.TypedChoiceField(
        label="Watch for",
        coerce=int,
        choices=[(str(number), words) for number, words in _LIVES],
        initial="30",
    )

    def __init__(self, data: Any, *, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data
        names = ("earliest", "latest", "duration_minutes")
        if any(found.get(name) for name in names):
            for name in names:
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, forms.ValidationError("A slot needs all three.", code="required"))
        return found

    @property
    def slot(self) -> Slot | None:
        asked = self.cleaned_data
        if not asked["earliest"]:
            return None
        first, last = (asked[name].replace(tzinfo=self.zone) for name in ("earliest", "latest"))
        return Slot(first, last, asked["duration_minutes"])

    def expires_at(self, now: datetime) -> datetime:
        return now + timedelta(days=self.cleaned_data["days"])


class AreaForm(forms.Form):
    """Where an area is, as the search's address says it."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)
    radius_km = forms.FloatField(min_value=0, required=False)
    place = forms.CharField(max_length=LONGEST_PLACE, required=False)
