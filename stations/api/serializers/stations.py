"""Shapes of stations: what operators write, what they and administrators read."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.optional import AllOptional
from evbooking.core.api.fields import DecimalStringField, InstantField
from evbooking.core.api.serializers import StrictSerializer
from stations.api.serializers.evses import OperatorEvseSerializer, ParkingPlaceSerializer
from stations.api.serializers.fields import HoursField
from stations.models import ApprovalStep, BookingTerms, Station, StationImage

TERMS_FIELDS = [
    "timeslot_increment_minutes",
    "min_booking_duration",
    "max_booking_duration",
    "booking_horizon_minutes",
    "buffer_minutes",
    "change_until_minutes",
    "cancel_until_minutes",
    "late_cancel_allowed",
    "late_cancel_share",
    "early_start_time",
    "noshow_timeout",
    "noshow_fee_amount",
    "late_stop_time",
    "payment",
    "security",
    "deposit_amount",
    "estimate_buffer_share",
    "approval_required",
    "answer_within_minutes",
    "max_open_bookings_per_driver",
]
STATION_FIELDS = [
    "name",
    "description",
    "address",
    "city",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "time_zone",
    "opening_times",
    "facilities",
    "parking_type",
]


class TermsInput(AllOptional, StrictSerializer, serializers.ModelSerializer[BookingTerms]):
    """Minutes, percent, and amounts in the tariff's currency; what is left out stays as it is.

    `security` is what a booking paid ONLINE is secured by; DEPOSIT takes a `deposit_amount` above zero. `payment`
    ONLINE needs an operator that can be paid: 422 `payments_not_ready`.
    """

    noshow_fee_amount = DecimalStringField(max_digits=9, decimal_places=3, min_value=0)
    deposit_amount = DecimalStringField(max_digits=9, decimal_places=3, min_value=0)

    class Meta:
        model = BookingTerms
        fields = TERMS_FIELDS


class OperatorTermsSerializer(serializers.ModelSerializer[BookingTerms]):
    noshow_fee_amount = DecimalStringField(max_digits=9, decimal_places=3)
    deposit_amount = DecimalStringField(max_digits=9, decimal_places=3)

    class Meta:
        model = BookingTerms
        fields = TERMS_FIELDS


class _StationFields(StrictSerializer, serializers.ModelSerializer[Station]):
    opening_times = HoursField(required=False)
    tariff = serializers.UUIDField(required=False, allow_null=True)
    booking_terms = TermsInput(required=False)

    class Meta:
        model = Station
        fields = [*STATION_FIELDS, "tariff", "booking_terms"]


class StationInput(_StationFields):
    """A new station."""

    operator = serializers.UUIDField(required=False, help_text="needed where you have several")

    class Meta(_StationFields.Meta):
        fields = ["operator", *_StationFields.Meta.fields]


class StationChanges(AllOptional, _StationFields):
    """What changes."""


class StationImageSerializer(serializers.ModelSerializer[StationImage]):
    url = serializers.CharField(source="file.url")

    class Meta:
        model = StationImage
        fields = ["id", "url", "alt", "width", "height"]


class StationImageInput(StrictSerializer):
    file = serializers.FileField(max_length=255)
    alt = serializers.CharField(max_length=160, help_text="what it shows, for who cannot see it")


class OwnerSerializer(serializers.Serializer[Any]):
    """The operator a thing belongs to."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class OperatorStationSerializer(serializers.ModelSerializer[Station]):
    """A station as its own people see it, whatever its approval."""

    operator = OwnerSerializer()
    opening_times = HoursField()
    tariff = serializers.UUIDField(source="tariff_id", allow_null=True)
    booking_terms = serializers.SerializerMethodField()
    evses = OperatorEvseSerializer(many=True)
    parking_places = ParkingPlaceSerializer(many=True)
    images = StationImageSerializer(many=True)
    created_at = InstantField()
    last_updated = InstantField()

    class Meta:
        model = Station
        fields = [
            "id",
            "slug",
            "operator",
            *STATION_FIELDS,
            "approval",
            "assumed",
            "tariff",
            "booking_terms",
            "evses",
            "parking_places",
            "images",
            "created_at",
            "last_updated",
        ]

    def get_booking_terms(self, station: Station) -> OperatorTermsSerializer(allow_null=True):  # type: ignore[valid-type]
        return OperatorTermsSerializer(station.terms).data if hasattr(station, "terms") else None


class ApprovalStepSerializer(serializers.ModelSerializer[ApprovalStep]):
    """One decision; `actor` is a name, null for an account that is gone."""

    at = InstantField()
    actor = serializers.CharField(source="actor.get_full_name", allow_null=True, default=None)

    class Meta:
        model = ApprovalStep
        fields = ["at", "from_state", "to_state", "actor", "reason"]


class ReviewedStationSerializer(OperatorStationSerializer):
    """A station as administrators see it: with the history of its approval."""

    history = ApprovalStepSerializer(source="approval_steps", many=True)

    class Meta(OperatorStationSerializer.Meta):
        fields = [*OperatorStationSerializer.Meta.fields, "history"]


class OwnStationsQuery(serializers.Serializer[Any]):
    operator = serializers.UUIDField(required=False)
    approval = serializers.ChoiceField(Station.Approval.choices, required=False)
    updated_since = InstantField(required=False)


class AdminStationsQuery(serializers.Serializer[Any]):
    approval = serializers.ChoiceField(Station.Approval.choices, required=False)
    q = serializers.CharField(required=False, max_length=120)
    updated_since = InstantField(required=False)
