"""Forms of a station: what it is, when it is open, its terms, pictures and parking places."""

from django import forms

from accounts.forms import time_zones
from accounts.models import Operator
from evbooking.core.ocpi import Facility, VehicleType
from stations.countries import countries
from stations.models import BookingTerms, ParkingPlace, Station, Tariff
from stations.services.fields import TermsFields
from stations.services.images import MOST_IMAGES


class StationForm(forms.ModelForm[Station]):
    """Name, place, facilities, tariff. Choices depend on the operator."""

    country = forms.ChoiceField(choices=lambda: countries().items(), initial="DEU")
    facilities = forms.MultipleChoiceField(
        choices=Facility.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    time_zone = forms.ChoiceField(
        choices=time_zones, initial="Europe/Berlin", help_text="Hours, slots and prices follow this clock."
    )

    class Meta:
        model = Station
        fields = [
            "name",
            "description",
            "address",
            "postal_code",
            "city",
            "country",
            "latitude",
            "longitude",
            "time_zone",
            "parking_type",
            "facilities",
            "tariff",
        ]
        help_texts = {
            "name": "As drivers find it.",
            "latitude": "Degrees north, like 53.5534.",
            "longitude": "Degrees east, like 9.9921.",
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "latitude": forms.NumberInput(attrs={"step": "any", "min": -90, "max": 90}),
            "longitude": forms.NumberInput(attrs={"step": "any", "min": -180, "max": 180}),
        }

    def __init__(self, *args: object, operator: Operator, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["tariff"] = forms.ModelChoiceField(
            Tariff.objects.filter(operator=operator),
            required=False,
            empty_label="None yet",
            help_text="Drivers see its prices before they book.",
        )

    def _post_clean(self) -> None:
        """The service checks the model."""


class OperatorChoiceForm(forms.Form):
    """Whose the new station or tariff is, where a person has several operators. A GET form."""

    operator = forms.ModelChoiceField(Operator.objects.none(), empty_label=None)

    def __init__(self, *args: object, operators: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["operator"].queryset = operators  # type: ignore[attr-defined]


class TermsForm(forms.ModelForm[BookingTerms]):
    """Booking terms: what drivers accept with a booking."""

    class Meta:
        model = BookingTerms
        fields = list(TermsFields.__annotations__)
        labels = {
            "timeslot_increment_minutes": "Slots begin every (minutes)",
            "min_booking_duration": "Shortest booking (minutes)",
            "max_booking_duration": "Longest booking (minutes)",
            "booking_horizon_minutes": "How far ahead (minutes)",
            "buffer_minutes": "Pause after each booking (minutes)",
            "change_until_minutes": "Changes until (minutes before the start)",
            "cancel_until_minutes": "Free cancellation until (minutes before the start)",
            "late_cancel_allowed": "Later cancellation is possible",
            "late_cancel_share": "and costs (percent of the price)",
            "early_start_time": "May arrive early by (minutes)",
            "noshow_timeout": "Is kept for a late driver (minutes)",
            "noshow_fee_amount": "No-show fee",
            "late_stop_time": "May stop late by (minutes)",
            "payment": "Drivers pay",
            "security": "Online, a booking is secured like this",
            "deposit_amount": "Deposit",
            "estimate_buffer_share": "Authorised on top of the price (percent)",
            "approval_required": "We answer each booking ourselves",
            "answer_within_minutes": "within (minutes)",
            "max_open_bookings_per_driver": "Open bookings of one driver",
        }
        help_texts = {
            "booking_horizon_minutes": "43200 minutes are 30 days.",
            "noshow_fee_amount": "In the currency of the tariff.",
            "deposit_amount": "In the currency of the tariff; counted towards the bill.",
            "estimate_buffer_share": "For energy or time beyond the booking. What is not used is not taken.",
            "approval_required": "",
            "change_until_minutes": "",
            "cancel_until_minutes": "",
        }

    def _post_clean(self) -> None:
        """The service checks the model."""


class ParkingPlaceForm(forms.ModelForm[ParkingPlace]):
    vehicle_types = forms.MultipleChoiceField(
        choices=VehicleType.choices, required=False, widget=forms.CheckboxSelectMultiple, label="For"
    )

    class Meta:
        model = ParkingPlace
        fields = [
            "physical_reference",
            "vehicle_types",
            "max_vehicle_height",
            "max_vehicle_length",
            "max_vehicle_width",
        ]
        labels = {
            "physical_reference": "Sign at the bay",
            "max_vehicle_height": "Height up to (cm)",
            "max_vehicle_length": "Length up to (cm)",
            "max_vehicle_width": "Width up to (cm)",
        }

    def _post_clean(self) -> None:
        """The service checks the model."""


class ImageForm(forms.Form):
    file = forms.FileField(
        label="Picture",
        help_text=f"JPEG, PNG or WebP, at most 8 MB; up to {MOST_IMAGES} per station.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(max_length=160, label="What it shows", help_text="Read out to who cannot see it.")
