"""What somebody waits for: a window by the site's clock, how long, with what, and where else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Vehicle
from bookings.availability import Offer
from bookings.presentation.words import minutes as minutes_words
from evbooking.core.choices import offer_choices
from evbooking.core.ocpi import ConnectorType

WALL: Final = "%Y-%m-%dT%H:%M"
_YEARS: Final = range(2000, 2200)


class WallClockField(forms.DateTimeField):
    """A time of the site's clock, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL)
        super().__init__(input_formats=[WALL], widget=widget, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        wall: datetime | None = super().clean(value)
        if wall and wall.year not in _YEARS:
            raise forms.ValidationError("Choose a day of this century.", code="out_of_range")
        return wall


class WaitForm(forms.Form):
    earliest = WallClockField(label="Start from")
    latest = WallClockField(label="Start before")
    duration_minutes = forms.TypedChoiceField(label="How long", coerce=int)
    vehicle = forms.TypedChoiceField(label="My car", required=False, coerce=UUID, empty_value=None)
    connector = forms.ChoiceField(label="Connector", required=False)
    also = forms.TypedMultipleChoiceField(
        label="Also wait at",
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text="The first of them with a slot for you is enough.",
    )

    def __init__(
        self, data: Any, *, offer: Offer, vehicles: Sequence[Vehicle], nearby: Sequence[Offer], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.zone = offer.zone
        self._vehicles = {vehicle.pk: vehicle for vehicle in vehicles}
        offer_choices(self, "duration_minutes", _durations(offer))
        offer_choices(self, "vehicle", [("", "Any car"), *((str(one.pk), str(one)) for one in vehicles)])
        offer_choices(self, "connector", [("", "Every connector"), *_connectors(offer)])
        offer_choices(self, "also", [(str(one.id), one.name) for one in nearby])
        for name, there in (("vehicle", vehicles), ("also", nearby)):
            if not there:
                del self.fields[name]

    def clean_earliest(self) -> datetime:
        return self._at_site("earliest")

    def clean_latest(self) -> datetime:
        return self._at_site("latest")

    @property
    def chosen_vehicle(self) -> Vehicle | None:
        chosen = self.cleaned_data.get("vehicle")
        return self._vehicles.get(chosen) if chosen else None

    def _at_site(self, name: str) -> datetime:
        wall: datetime = self.cleaned_data[name]
        zone: ZoneInfo = self.zone
        return wall.replace(tzinfo=zone)


def _durations(offer: Offer) -> list[tuple[str, str]]:
    if offer.terms is None:
        return []
    step = offer.terms.timeslot_increment_minutes
    first = -(-offer.terms.min_booking_duration // step) * step
    numbers = range(first, offer.terms.max_booking_duration + 1, step)
    return [(str(number), minutes_words(number)) for number in numbers]


def _connectors(offer: Offer) -> list[tuple[str, str]]:
    standards = dict.fromkeys(plug.standard for unit in offer.units for plug in unit.plugs)
    return [(one, str(ConnectorType(one).label)) for one in standards]
