"""The search for stations: a GET form whose fields are the parameters of the page's address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.models import Vehicle
from bookings.places import Place, StationFilter
from bookings.presentation.words import minutes
from evbooking.core.choices import offer_choices
from evbooking.core.ocpi import ConnectorType, Facility

_POWERS: Final = (11, 22, 50, 150)
_DURATIONS: Final = (30, 45, 60, 90, 120, 180, 240, 480)
_FAR_KM: Final = 20_100.0
_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)


class SearchForm(forms.Form):
    """Everything is optional; what cannot be read is said at its field and left out of the search."""

    q = forms.CharField(
        label="Place or station",
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Place, street or station", "autocomplete": "off"}
        ),
    )
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    radius_km = forms.FloatField(min_value=0, max_value=_FAR_KM, required=False, widget=forms.HiddenInput)
    connector = forms.ChoiceField(
        label="Connector", required=False, choices=[("", "Any connector"), *ConnectorType.choices]
    )
    min_power_kw = forms.TypedChoiceField(
        label="Power",
        required=False,
        coerce=Decimal,
        empty_value=None,
        choices=[("", "Any power"), *((str(power), f"{power} kW or more") for power in _POWERS)],
    )
    vehicle = forms.TypedChoiceField(label="My car", required=False, coerce=UUID, empty_value=None)
    day = forms.DateField(
        label="Day",
        required=False,
        validators=[MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    time = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    duration = forms.TypedChoiceField(
        label="How long",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any length"), *((str(number), minutes(number)) for number in _DURATIONS)],
    )
    facility = forms.ChoiceField(
        label="Nearby",
        required=False,
        choices=[
            ("", "Anything"),
            *((code, label[0].upper() + label[1:]) for code, label in Facility.choices),
        ],
    )
    disabled_bay = forms.BooleanField(label="With a bay for people with a disability", required=False)

    def __init__(self, data: Any, *, vehicles: list[Vehicle]) -> None:
        super().__init__(data)
        self._vehicles = {vehicle.pk: vehicle for vehicle in vehicles}
        choices = [(str(vehicle.pk), str(vehicle)) for vehicle in vehicles]
        offer_choices(self, "vehicle", [("", "Any car"), *choices])
        if not vehicles:
            del self.fields["vehicle"]
        self.is_valid()

    def value(self, name: str) -> Any:
        """What a field holds, None where it is empty or cannot be read."""
        found = self.cleaned_data.get(name)
        return None if found == "" else found

    @property
    def station_filter(self) -> StationFilter:
        return StationFilter(
            q=self.value("q") or "",
            connector=self.value("connector"),
            min_power_kw=self.value("min_power_kw"),
            facility=self.value("facility"),
            disabled_bay=True if self.value("disabled_bay") else None,
        )

    @property
    def place(self) -> Place | None:
        """Where the driver said to look; words search everywhere, so they lift the radius."""
        latitude, longitude = self.value("lat"), self.value("lon")
        if latitude is None or longitude is None:
            return None
        return Place(latitude, longitude, None if self.value("q") else self.value("radius_km"))

    @property
    def chosen_vehicle(self) -> Vehicle | None:
        chosen = self.value("vehicle")
        return self._vehicles.get(chosen) if chosen else None

    @property
    def lasting(self) -> dt.timedelta | None:
        number = self.value("duration")
        return dt.timedelta(minutes=number) if number else None

    @property
    def wants_free_time(self) -> bool:
        """Whether only stations with a free slot count: a day, a time or a car is chosen."""
        return any(self.value(name) for name in ("day", "time", "vehicle", "duration"))

    @property
    def active(self) -> int:
        """How many filters besides the place are set."""
        names = (
            "connector",
            "min_power_kw",
            "vehicle",
            "day",
            "time",
            "duration",
            "facility",
            "disabled_bay",
        )
        return sum(bool(self.value(name)) for name in names)
