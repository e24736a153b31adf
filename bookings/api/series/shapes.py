"""The shapes of documents.py for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from bookings.api.bookings.shapes import (
    AcceptedTermsShape,
    AlternativeShape,
    BookedStation,
    BookingPayment,
    Shape,
)
from bookings.api.series.documents import OUTCOMES
from bookings.models import LaterDate
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.problem_shape import ProblemSerializer
from evbooking.core.ocpi import ConnectorType, ReservationStatus

State = LaterDate.State


class ProblemOfDate(Shape):
    """Why a date cannot be had; all three are empty where it can."""

    code = serializers.CharField(allow_null=True, help_text="as a hold of it would be refused")
    detail = serializers.CharField(allow_blank=True)
    alternatives = AlternativeShape(many=True, help_text="with slot_taken: the nearest free slots")


class PreviewedDate(ProblemOfDate):
    date = serializers.DateField(help_text="the day at the site")
    start = InstantField(allow_null=True, help_text="null where the clocks skip that time")
    end = InstantField(allow_null=True)
    free = serializers.BooleanField()
    later = serializers.BooleanField(
        help_text="too far ahead, and booked by itself when it can be, if it is chosen"
    )
    evse_uid = serializers.CharField(allow_null=True, help_text="what would be taken")
    connector = serializers.ChoiceField(ConnectorType.choices, allow_null=True)
    energy_kwh = DecimalStringField(max_digits=7, decimal_places=2, allow_null=True)
    quote = MoneyField(allow_null=True)


class SeriesPreviewShape(Shape):
    station = BookedStation()
    rrule = serializers.CharField(help_text="as it is understood")
    duration_minutes = serializers.IntegerField()
    dates = PreviewedDate(many=True)
    total = MoneyField(help_text="of the free dates")
    booking_terms = AcceptedTermsShape()


class SeriesDate(Shape):
    """`reference` is that of an ordinary booking: everything else about the date is said there."""

    date = serializers.DateField(help_text="the day at the site on which the series puts it")
    reference = serializers.CharField()
    status = serializers.ChoiceField(ReservationStatus.choices)
    start = InstantField()
    end = InstantField()
    moved = serializers.BooleanField(help_text="by itself, away from where the series puts it")
    evse_uid = serializers.CharField()
    quote = MoneyField()
    payment = BookingPayment()
    hold_expires_at = InstantField(allow_null=True, help_text="while HELD")


class LaterDateShape(Shape):
    """A date that its station takes no bookings for yet: booked by itself when it does, as was agreed."""

    date = serializers.DateField()
    start = InstantField()
    state = serializers.ChoiceField(
        [State.WAITING, State.MISSED, State.WITHDRAWN], help_text="MISSED: see `code`; it is told once"
    )
    opens_at = InstantField(
        allow_null=True, help_text="while it waits: when it can be booked, by today's terms"
    )
    at_most = MoneyField(help_text="the price that was agreed to; dearer it is not booked")
    code = serializers.CharField(allow_null=True, help_text="why it could not be booked")


class SeriesShape(Shape):
    id = serializers.UUIDField()
    station = BookedStation()
    rrule = serializers.CharField()
    first_date = serializers.DateField()
    clock = serializers.CharField(help_text="HH:MM at the site")
    duration_minutes = serializers.IntegerField()
    evse_uid = serializers.CharField(allow_null=True, help_text="as it was asked for; null: any that fits")
    connector = serializers.ChoiceField(ConnectorType.choices, allow_null=True)
    vehicle = serializers.UUIDField(allow_null=True)
    dates = SeriesDate(many=True)
    later = LaterDateShape(many=True)
    total = MoneyField(help_text="of the dates that are open")
    payment_required = serializers.BooleanField(help_text="dates wait for the one checkout of the series")
    links = serializers.DictField(child=serializers.CharField())
    created_at = InstantField()
    last_updated = InstantField()


class RefusedDate(ProblemOfDate):
    date = serializers.DateField()


class SeriesBookedShape(SeriesShape):
    refused = RefusedDate(many=True, help_text="the wanted dates that could not be had")


class ChangedDate(ProblemOfDate):
    date = serializers.DateField()
    reference = serializers.CharField()
    outcome = serializers.ChoiceField(
        OUTCOMES,
        help_text="payment_required: the dearer slot is kept, the booking's /checkout asks for the rest",
    )
    start = InstantField(allow_null=True, help_text="where it is to be")
    end = InstantField(allow_null=True)
    evse_uid = serializers.CharField(allow_null=True)
    quote = MoneyField(allow_null=True)
    difference = MoneyField()


class ChangedLaterDate(ProblemOfDate):
    """A date that is not booked yet follows the change; with a `code` it stays."""

    date = serializers.DateField(help_text="on which it was")
    start = InstantField(allow_null=True, help_text="where it is to be")
    at_most = MoneyField(allow_null=True)


class SeriesChangeShape(Shape):
    id = serializers.UUIDField()
    dates = ChangedDate(many=True)
    later = ChangedLaterDate(many=True)
    difference = MoneyField(help_text="of the dates that move, or would")


class CanceledDate(ProblemOfDate):
    date = serializers.DateField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(ReservationStatus.choices)
    fee = MoneyField(allow_null=True)
    refund = MoneyField(allow_null=True)


class SeriesCancellationShape(Shape):
    id = serializers.UUIDField()
    dates = CanceledDate(many=True)
    later = serializers.ListField(
        child=serializers.DateField(), help_text="the days that waited to be booked, and are withdrawn"
    )
    fee = MoneyField(help_text="together")
    refund = MoneyField(help_text="together")


class ProblemOnDay(Shape):
    date = serializers.DateField()
    code = serializers.CharField()
    detail = serializers.CharField()


class NothingToBookProblem(ProblemSerializer):
    """A 409; `occurrences` comes with `nothing_to_book` only."""

    occurrences = ProblemOnDay(many=True, required=False)
