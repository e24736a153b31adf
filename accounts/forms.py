"""What people fill in. The rules are the services'; a form brings types, labels and help."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import Membership, User, Vehicle, VehicleModel
from accounts.services.vehicles import FIELDS, MAX_BATTERY_KWH
from evbooking.core.errors import DomainError
from evbooking.core.ocpi import ConnectorType


def submit(form: forms.BaseForm, service: Callable[..., Any]) -> bool:
    """Call the service with what a valid form holds; a refusal becomes the form's errors. True when done."""
    if not form.is_valid():
        return False
    try:
        service(**form.cleaned_data)
    except DomainError as refused:
        for error in refused.field_errors:
            form.add_error(error.field if error.field in form.fields else None, error.detail)
        if not refused.field_errors:
            form.add_error(None, refused.detail)
        return False
    return True


def errors_of(form: forms.BaseForm) -> str:
    """All errors of a form in one line, for a message on another page."""
    return " ".join(str(text) for texts in form.errors.values() for text in texts)


def time_zones() -> list[tuple[str, str]]:
    """IANA zones of places, by name, as people read them."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.ModelForm[User]):
    phone = PhoneNumberField(required=False, help_text="With the country code, like +49 151 23456789.")
    locale = forms.ChoiceField(label="Language", choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        choices=time_zones, help_text="For dates in your account. A station's times are always its own."
    )

    class Meta:
        model = User
        fields = ["name", "phone", "locale", "time_zone"]
        help_texts = {"name": "Shown to the operators of the stations you book."}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class VehicleForm(forms.ModelForm[Vehicle]):
    connectors = forms.MultipleChoiceField(
        choices=ConnectorType.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="What fits the car's own inlets.",
    )

    class Meta:
        model = Vehicle
        fields = FIELDS
        labels = {
            "battery_kwh": "Battery, usable (kWh)",
            "max_ac_kw": "Most from AC (kW)",
            "max_dc_kw": "Most from DC (kW)",
        }
        help_texts = {"max_dc_kw": "0 if the car has no fast charging."}
        widgets = {
            "battery_kwh": forms.NumberInput(attrs={"step": "0.1", "min": "1", "max": str(MAX_BATTERY_KWH)}),
            "max_ac_kw": forms.NumberInput(attrs={"step": "0.1", "min": "0"}),
            "max_dc_kw": forms.NumberInput(attrs={"step": "0.1", "min": "0"}),
        }


class CatalogueForm(forms.Form):
    """Choose a common car; its figures are then filled in. A GET form."""

    model = forms.ModelChoiceField(
        VehicleModel.objects.all(), label="Common cars", empty_label="Another car", required=False
    )


class OperatorForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="As drivers know your company.")
    website = forms.URLField(required=False, assume_scheme="https")


class InvitationForm(forms.Form):
    email = forms.EmailField(label="Email")
    role = forms.ChoiceField(
        choices=Membership.Role.choices,
        initial=Membership.Role.STAFF,
        help_text="Staff run the day, managers also the stations, owners also people and money.",
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices)


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button says it."""
