"""What requests about the waiting list carry, and the shape of a place in line."""

from typing import Any

from rest_framework import serializers

from bookings.api.bookings.shapes import BookedStation, Shape
from bookings.api.places.fields import NearInstantField, NearInstantOrDayField
from bookings.models import WaitlistEntry
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.ocpi import ConnectorType

_ID_LENGTH = 64
_MOST_MINUTES = 2880
_LONGEST_SNOOZE = 10_080


class EntryInput(StrictSerializer):
    """A start with earliest <= start < latest, at most 14 days apart."""

    station = serializers.CharField(max_length=_ID_LENGTH, help_text="the station's id")
    earliest = NearInstantField()
    latest = NearInstantField()
    duration_minutes = serializers.IntegerField(min_value=1, max_value=_MOST_MINUTES)
    connector = serializers.CharField(
        max_length=_ID_LENGTH, required=False, allow_null=True, help_text="a standard, such as IEC_62196_T2"
    )


class SnoozeInput(StrictSerializer):
    minutes = serializers.IntegerField(
        min_value=1, max_value=_LONGEST_SNOOZE, help_text="how long to be offered nothing"
    )


class OfferShape(Shape):
    """What is kept for who waits, until `expires_at`."""

    booking = serializers.CharField(help_text="the reference of the booking HELD")
    evse_uid = serializers.CharField()
    start = InstantField()
    end = InstantField()
    quote = MoneyField()
    expires_at = InstantField()


class EntryShape(Shape):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(WaitlistEntry.Status.choices)
    station = BookedStation()
    connector = serializers.ChoiceField(ConnectorType.choices, allow_null=True)
    vehicle = serializers.UUIDField(allow_null=True)
    earliest = InstantField()
    latest = InstantField()
    duration_minutes = serializers.IntegerField()
    ahead = serializers.IntegerField(
        allow_null=True, help_text="how many stand before it in line; null when it is over"
    )
    offer = OfferShape(allow_null=True)
    not_before = InstantField(allow_null=True, help_text="snoozed until then")
    joined_at = InstantField()
    ended_at = InstantField(allow_null=True)
    last_updated = InstantField()


class QueueQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that a class body can give."""
        return super().get_fields() | {
            "from": NearInstantOrDayField(),
            "to": NearInstantOrDayField(),
            "format": serializers.ChoiceField(["json", "csv"], default="json"),
        }


class QueueUseShape(Shape):
    """The line of one station; `waiting` now, the rest of places that ended in the window."""

    station_id = serializers.UUIDField()
    name = serializers.CharField()
    waiting = serializers.IntegerField()
    ended = serializers.IntegerField()
    accepted = serializers.IntegerField()
    conversion = DecimalStringField(
        max_digits=5, decimal_places=4, allow_null=True, help_text="accepted over ended"
    )
    median_wait_minutes = serializers.IntegerField(allow_null=True, help_text="from joining to accepting")


class QueuesShape(Shape):
    operator = serializers.UUIDField()
    results = QueueUseShape(many=True)
