"""The slot behind a button: start, connector and EVSE in one value, with its minutes and the car beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

from django import forms

from accounts.models import Vehicle
from bookings.selectors.preview import SlotAsked
from evbooking.core.api.json import instant
from evbooking.core.choices import offer_choices

_ANY: Final = "-"
_YEARS: Final = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class SlotValue:
    """What a slot's button carries; `connector` "" leaves the plug open."""

    start: datetime
    connector: str
    evse_uid: str

    def __str__(self) -> str:
        return f"{instant(self.start)} {self.connector or _ANY} {self.evse_uid}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads what str() wrote. Raises ValueError."""
        start, connector, evse_uid = text.split(" ", 2)
        moment = datetime.fromisoformat(start)
        if moment.tzinfo is None or moment.year not in _YEARS:
            raise ValueError("a start has an offset and a year near ours")
        return cls(moment, "" if connector == _ANY else connector, evse_uid)


class SlotForm(forms.Form):
    """A chosen slot, from an address or from the form that commits to it."""

    slot = forms.CharField(max_length=120, widget=forms.HiddenInput)
    minutes = forms.IntegerField(min_value=1, max_value=2880, widget=forms.HiddenInput)
    vehicle = forms.TypedChoiceField(required=False, coerce=UUID, empty_value=None, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, vehicles: Iterable[Vehicle]) -> None:
        super().__init__(data)
        self._vehicles = {vehicle.pk: vehicle for vehicle in vehicles}
        known = [(str(key), str(vehicle)) for key, vehicle in self._vehicles.items()]
        offer_choices(self, "vehicle", [("", ""), *known])

    def clean_slot(self) -> SlotValue:
        try:
            return SlotValue.read(self.cleaned_data["slot"])
        except ValueError:
            raise forms.ValidationError("This is no slot.", code="invalid") from None

    @property
    def asked(self) -> SlotAsked:
        """The slot of a valid form."""
        value: SlotValue = self.cleaned_data["slot"]
        end = value.start + timedelta(minutes=self.cleaned_data["minutes"])
        vehicle = self._vehicles.get(self.cleaned_data["vehicle"])
        return SlotAsked(value.evse_uid, value.connector or None, value.start, end, vehicle)
