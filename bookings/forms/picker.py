"""Which slots a picker shows: day, duration, connector, car. A GET form; what cannot be read is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Vehicle
from bookings.presentation.words import minutes as minutes_words
from bookings.terms import AcceptedTerms
from evbooking.core.choices import offer_choices
from evbooking.core.ocpi import ConnectorType


class PickerForm(forms.Form):
    """`minutes` is the slider; `exact` is the list in its place where no script runs, and wins over it."""

    day = forms.DateField(required=False, widget=forms.HiddenInput)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=2880)
    exact = forms.TypedChoiceField(label="How long", required=False, coerce=int, empty_value=None)
    connector = forms.ChoiceField(label="Connector", required=False)
    vehicle = forms.TypedChoiceField(label="My car", required=False, coerce=UUID, empty_value=None)

    def __init__(
        self,
        data: Any,
        *,
        terms: AcceptedTerms,
        standards: Sequence[str],
        vehicles: Sequence[Vehicle],
        usual: int,
        car: Vehicle | None = None,
    ) -> None:
        """`usual` minutes and `car` count where the address names none."""
        filled = data.copy()
        filled["minutes"] = filled["exact"] = data.get("exact") or data.get("minutes") or str(usual)
        if car:
            filled.setdefault("vehicle", str(car.pk))
        super().__init__(filled)
        self._vehicles = {vehicle.pk: vehicle for vehicle in vehicles}
        self._offer_durations(terms)
        self._offer_connectors(standards)
        self._offer_vehicles(vehicles)
        self.is_valid()

    @property
    def chosen_day(self) -> date | None:
        return self.cleaned_data.get("day")

    @property
    def lasting(self) -> int | None:
        """Minutes, None where the address holds nonsense."""
        return self.cleaned_data.get("minutes")

    @property
    def chosen_connector(self) -> str | None:
        return self.cleaned_data.get("connector") or None

    @property
    def chosen_vehicle(self) -> Vehicle | None:
        chosen = self.cleaned_data.get("vehicle")
        return self._vehicles.get(chosen) if chosen else None

    def _offer_durations(self, terms: AcceptedTerms) -> None:
        step = terms.timeslot_increment_minutes
        first = -(-terms.min_booking_duration // step) * step
        numbers = range(first, terms.max_booking_duration + 1, step)
        offer_choices(self, "exact", [(str(n), minutes_words(n)) for n in numbers])

    def _offer_connectors(self, standards: Sequence[str]) -> None:
        known = [(one, str(ConnectorType(one).label)) for one in standards]
        offer_choices(self, "connector", [("", "Every connector"), *known])
        if len(known) < 2:
            del self.fields["connector"]

    def _offer_vehicles(self, vehicles: Sequence[Vehicle]) -> None:
        mine = [(str(one.pk), str(one)) for one in vehicles]
        offer_choices(self, "vehicle", [("", "Any car"), *mine])
        if not mine:
            del self.fields["vehicle"]
