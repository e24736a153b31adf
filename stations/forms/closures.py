"""The form of a closure: a window by the site's clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from stations.models import EVSE, Station


class ClosureForm(forms.Form):
    evse = forms.ModelChoiceField(
        EVSE.objects.none(), required=False, empty_label="The whole station", label="What is closed"
    )
    start = forms.DateTimeField(
        label="From",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    end = forms.DateTimeField(
        label="Until",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(max_length=200, help_text="Shown to drivers, like “New cables”.")

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(station.time_zone)
        self.fields["evse"].queryset = EVSE.objects.present().filter(station=station)  # type: ignore[attr-defined]

    def clean_start(self) -> datetime:
        return self._on_site("start")

    def clean_end(self) -> datetime:
        return self._on_site("end")

    def _on_site(self, name: str) -> datetime:
        local: datetime = self.cleaned_data[name]
        return local.replace(tzinfo=self.zone)
