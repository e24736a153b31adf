"""What requests about series carry."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.api.bookings.inputs import BookingInput, CancelInput
from bookings.recurrence import DAYS, MOST
from evbooking.core.api.serializers import StrictSerializer

_ID_LENGTH = 64
_MOST_MINUTES = 2880


class SeriesAskInput(BookingInput):
    """The first date as POST /bookings takes one, and how it repeats on the clock of the site."""

    rrule = serializers.CharField(
        max_length=200,
        help_text="RFC 5545: FREQ (DAILY or WEEKLY), INTERVAL, BYDAY, and COUNT or UNTIL; at most 52 dates",
    )


class SeriesInput(SeriesAskInput):
    dates = serializers.ListField(
        child=serializers.DateField(),
        required=False,
        allow_null=True,
        max_length=MOST,
        help_text="the chosen days at the site; without it all that can be had",
    )


class SeriesChangeInput(StrictSerializer):
    """At least one of `days`, `clock`, `duration_minutes` and `evse_uid`."""

    days = serializers.ListField(
        child=serializers.ChoiceField(DAYS),
        required=False,
        allow_null=True,
        max_length=7,
        help_text="weekdays, as many as the series has: each date moves to its new one within its week",
    )
    clock = serializers.TimeField(
        required=False, allow_null=True, input_formats=["%H:%M"], help_text="HH:MM at the site"
    )
    duration_minutes = serializers.IntegerField(
        min_value=1, max_value=_MOST_MINUTES, required=False, allow_null=True
    )
    evse_uid = serializers.CharField(max_length=_ID_LENGTH, required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that a class body can give."""
        first = serializers.DateField(help_text="this day at the site and all that follow")
        return {"from": first, **super().get_fields()}


class SeriesCancelInput(CancelInput):
    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(
            required=False,
            allow_null=True,
            help_text="this day at the site and all that follow; without it all",
        )
        return {"from": first, **super().get_fields()}


class PreviewQuery(serializers.Serializer[Any]):
    preview = serializers.BooleanField(default=False, help_text="true: say what would be, change nothing")
