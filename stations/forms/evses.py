"""Forms of EVSEs and their connectors."""

from typing import Any

from django import forms

from evbooking.core.ocpi import ConnectorFormat, ConnectorType, PowerType
from stations.models import EVSE, ParkingPlace, Station


class EvseForm(forms.ModelForm[EVSE]):
    class Meta:
        model = EVSE
        fields = ["evse_id", "physical_reference", "floor_level", "walk_in_only", "parking_places"]
        labels = {
            "evse_id": "EVSE id",
            "physical_reference": "Sign at the charger",
            "floor_level": "Floor",
            "walk_in_only": "Keep it for drivers who come without a booking",
        }

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = ParkingPlace.objects.filter(station=station)
        self.fields["parking_places"] = forms.ModelMultipleChoiceField(
            places, required=False, widget=forms.CheckboxSelectMultiple
        )
        if not places:
            del self.fields["parking_places"]

    def _post_clean(self) -> None:
        """The service checks the model."""


class NewEvseForm(EvseForm):
    uid = forms.CharField(
        label="UID", max_length=36, required=False, help_text="Unique for ever. Left empty, it gets one."
    )
    field_order = ["uid"]


class ConnectorForm(forms.Form):
    """One connector; empty rows are left out."""

    standard = forms.ChoiceField(
        choices=ConnectorType.choices, label="Connector", initial=ConnectorType.IEC_62196_T2
    )
    power_type = forms.ChoiceField(choices=PowerType.choices, label="Current", initial=PowerType.AC_3_PHASE)
    format = forms.ChoiceField(choices=ConnectorFormat.choices, initial=ConnectorFormat.SOCKET)
    max_power_kw = forms.DecimalField(label="Power (kW)", max_digits=7, decimal_places=3, min_value=0)


ConnectorFormSet = forms.formset_factory(ConnectorForm, extra=1, max_num=10, can_delete=True)


def connectors_initial(evse: EVSE) -> list[dict[str, Any]]:
    """What ConnectorFormSet shows of an EVSE."""
    names = ("standard", "power_type", "format")
    return [
        {**{name: getattr(connector, name) for name in names}, "max_power_kw": connector.power_kw.normalize()}
        for connector in evse.connectors.all()
    ]


def connector_fields(formset: Any, evse: EVSE | None = None) -> list[Any]:
    """The connectors of a valid formset, as the service takes them; ids are kept row by row."""
    known = [connector.connector_id for connector in evse.connectors.all()] if evse else []
    rows = [
        {**form.cleaned_data, "id": known[index] if index < len(known) else ""}
        for index, form in enumerate(formset)
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    return _numbered([{name: row[name] for name in row if name != "DELETE"} for row in rows])


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give new rows the first free numbers, so that none is the id of another."""
    taken = {row["id"] for row in rows}
    free = (str(number) for number in range(1, 100) if str(number) not in taken)
    return [row if row["id"] else {**row, "id": next(free)} for row in rows]
