"""What requests about bookings carry."""

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.api.places.fields import NearInstantField, NearInstantOrDayField, OpaqueIdField
from bookings.services.cancel import DRIVER_REASONS
from evbooking.core.api.fields import DecimalStringField, InstantField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.ocpi import ReservationStatus

_ID_LENGTH = 64
_MOST_KWH = 2000


class BookingInput(StrictSerializer):
    station = serializers.CharField(max_length=_ID_LENGTH, help_text="the station's id")
    evse_uid = serializers.CharField(
        max_length=_ID_LENGTH,
        required=False,
        allow_null=True,
        help_text="without it the best fitting free one",
    )
    connector = serializers.CharField(
        max_length=_ID_LENGTH, required=False, allow_null=True, help_text="a standard, such as IEC_62196_T2"
    )
    start = InstantField()
    end = InstantField()
    vehicle = serializers.CharField(
        max_length=_ID_LENGTH, required=False, allow_null=True, help_text="the id of one of your cars"
    )
    energy_kwh = DecimalStringField(
        max_digits=7,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=_MOST_KWH,
        required=False,
        allow_null=True,
        help_text="more than the slot can hold counts as what it can; without it that, and at most the battery",
    )


class RescheduleInput(StrictSerializer):
    start = InstantField()
    end = InstantField()
    evse_uid = serializers.CharField(
        max_length=_ID_LENGTH,
        required=False,
        allow_null=True,
        help_text="without it the same one where it is free",
    )


class CancelInput(StrictSerializer):
    reason = serializers.ChoiceField(
        [(reason.value, reason.label) for reason in DRIVER_REASONS], required=False, allow_null=True
    )


class CancelQuery(serializers.Serializer[Any]):
    preview = serializers.BooleanField(
        default=False, help_text="true: say what it would cost, change nothing"
    )


class RejectInput(StrictSerializer):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CorrectionInput(StrictSerializer):
    start = NearInstantField(required=False)
    end = NearInstantField(required=False)
    evse_uid = serializers.CharField(max_length=_ID_LENGTH, required=False)
    reason = serializers.CharField(max_length=200)


@extend_schema_field(OpenApiTypes.STR)
class StatusesField(serializers.Field[list[str], str, str, Any]):
    """Booking states with commas between them."""

    default_error_messages = {"invalid_choice": "There is no such state."}

    def to_internal_value(self, data: Any) -> list[str]:
        states = str(data).split(",")
        if not set(states) <= set(ReservationStatus.values):
            self.fail("invalid_choice")
        return states


class BookingsQuery(serializers.Serializer[Any]):
    """Filters on the start: an instant, or a day, which begins at midnight of each booking's site."""

    status = StatusesField(required=False, help_text="one or several, with commas between them")
    updated_since = NearInstantField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to` are no names that a class body can give."""
        return super().get_fields() | {
            "from": NearInstantOrDayField(required=False),
            "to": NearInstantOrDayField(required=False),
        }


class OperatorBookingsQuery(BookingsQuery):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)
    station = OpaqueIdField(required=False)
    out_of_service = serializers.BooleanField(
        default=None, allow_null=True, help_text="true: only those whose EVSE is out of service now"
    )


class UtilisationQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "from": NearInstantOrDayField(),
            "to": NearInstantOrDayField(),
            "format": serializers.ChoiceField(["json", "csv"], default="json"),
        }
