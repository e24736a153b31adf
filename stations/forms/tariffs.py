"""Forms of tariffs: the usual figures, the whole OCPI object, and a stay to try it with."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from evbooking.core.money import CURRENCIES
from stations.models import Tariff
from stations.tariff_recipe import Recipe


def _price(label: str, help_text: str = "", *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, required=required, min_value=0, max_digits=9, decimal_places=4
    )


class RecipeForm(forms.Form):
    """The usual tariff. What is left empty costs nothing extra."""

    name = forms.CharField(max_length=80)
    currency = forms.ChoiceField(choices=[(code, code) for code in sorted(CURRENCIES)], initial="EUR")
    tax_included = forms.ChoiceField(
        label="Prices",
        choices=[("YES", "include taxes"), ("NO", "exclude taxes"), ("N/A", "know no taxes")],
    )
    vat = forms.DecimalField(
        label="VAT (percent)", required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    per_kwh = _price("Energy, per kWh", "0 where energy is free.", required=True)
    second_per_kwh = _price("Energy at another price, per kWh", "Between these hours of the site's clock:")
    second_from = forms.TimeField(
        label="from", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    second_to = forms.TimeField(label="to", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    per_hour = _price("Charging time, per hour")
    start_fee = _price("Start fee, per session")
    idle_per_hour = _price("Idling after charging, per hour")
    idle_grace_minutes = forms.IntegerField(
        label="Free minutes of idling", required=False, min_value=0, max_value=1440
    )
    idle_cap = _price("Idling costs at most")
    reservation_fee = _price("Fee for a booking")
    noshow_fee = _price("Price of a no-show", "Due where a booked driver does not come.")
    min_price = _price("A session costs at least")
    max_price = _price("A session costs at most")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        clock = [values.get("second_from"), values.get("second_to")]
        if values.get("second_per_kwh") is not None and None in clock:
            self.add_error("second_from", "State from when to when the other price holds.")
        return values

    def document(self) -> dict[str, Any]:
        """The OCPI object of a valid form."""
        figures = {name: value for name, value in self.cleaned_data.items() if name != "name"}
        for name in ("second_from", "second_to"):
            figures[name] = figures[name].strftime("%H:%M") if figures[name] else ""
        if figures["second_per_kwh"] is None:
            figures |= {"second_from": "", "second_to": ""}
        return Recipe(**figures).to_ocpi()


class DocumentForm(forms.Form):
    """The whole OCPI Tariff object as JSON, for what the usual form cannot say."""

    name = forms.CharField(max_length=80)
    json = forms.CharField(
        label="OCPI Tariff",
        help_text="OCPI 2.3.0, with idle_grace_minutes and idle_cap of ours.",
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false"}),
        max_length=100_000,
    )

    def clean_json(self) -> dict[str, Any]:
        try:
            document = json.loads(self.cleaned_data["json"], parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is no JSON: {error}.") from error
        if not isinstance(document, dict):
            raise forms.ValidationError("This must be a JSON object.")
        return document

    def document(self) -> dict[str, Any]:
        """The OCPI object of a valid form."""
        found: dict[str, Any] = self.cleaned_data["json"]
        return found


class PreviewForm(forms.Form):
    """A stay to try a tariff with. A GET form."""

    start = forms.DateTimeField(
        label="Begin, by the site's clock",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(label="Stay (minutes)", min_value=1, max_value=44_640)
    energy_kwh = forms.DecimalField(label="Energy (kWh)", min_value=0, max_value=10_000, decimal_places=3)
    power_kw = forms.DecimalField(
        label="Power (kW)", min_value=Decimal("0.1"), max_value=5_000, decimal_places=3, required=False
    )

    def stay(self, zone: ZoneInfo) -> dict[str, Any]:
        """What `preview_quote` takes, of a valid form: the wall clock of the site as instants."""
        values = self.cleaned_data
        local: datetime = values["start"].replace(tzinfo=zone)
        start = local.astimezone(UTC)
        stay = {"start": start, "end": start + timedelta(minutes=values["minutes"]), "zone": zone}
        return {**stay, "energy_kwh": values["energy_kwh"], "power_kw": values["power_kw"]}


def tariff_initial(tariff: Tariff) -> dict[str, Any]:
    """What DocumentForm shows of a tariff."""
    document = tariff.current.document if tariff.current else {}
    return {"name": tariff.name, "json": json.dumps(document, indent=2, ensure_ascii=False)}


def recipe_initial(tariff: Tariff) -> dict[str, Any] | None:
    """What RecipeForm shows of a tariff; None where the tariff says more than the form can."""
    recipe = Recipe.from_ocpi(tariff.current.document) if tariff.current else None
    return None if recipe is None else {"name": tariff.name, **recipe.figures()}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
