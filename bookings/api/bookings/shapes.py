"""The shapes of documents.py for the OpenAPI document."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.models import Booking
from charging.api.shapes import BillShape
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.problem_shape import ProblemSerializer
from evbooking.core.ocpi import CanceledReason, ConnectorType, ReservationStatus
from stations.models import BookingTerms

Shape = serializers.Serializer[Any]


@extend_schema_field(OpenApiTypes.OBJECT)
class ObjectField(serializers.JSONField):
    """A JSON object described elsewhere (OCPI's Tariff)."""


class BookedStation(Shape):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-3")
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    time_zone = serializers.CharField(help_text="IANA, of the site")


class QuoteLine(Shape):
    dimension = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.CharField(help_text="decimal")
    unit = serializers.CharField(help_text="kWh, h or 1", required=False)
    unit_price = MoneyField()
    amount = MoneyField()
    vat = serializers.CharField(allow_null=True, help_text="percentage; null where there is none")


class QuoteShape(Shape):
    lines = QuoteLine(many=True)
    total_before_taxes = MoneyField(required=False)
    taxes = MoneyField(required=False)
    total = MoneyField()
    tax_included = serializers.ChoiceField(["YES", "NO", "N/A"], required=False)


class AcceptedTermsShape(Shape):
    """A station's terms, or those accepted with a booking; minutes, and percent of the price."""

    timeslot_increment_minutes = serializers.IntegerField()
    min_booking_duration = serializers.IntegerField()
    max_booking_duration = serializers.IntegerField()
    booking_horizon_minutes = serializers.IntegerField()
    buffer_minutes = serializers.IntegerField()
    change_until_minutes = serializers.IntegerField()
    cancel_until_minutes = serializers.IntegerField()
    late_cancel_allowed = serializers.BooleanField()
    late_cancel_share = serializers.IntegerField()
    early_start_time = serializers.IntegerField()
    noshow_timeout = serializers.IntegerField()
    noshow_fee_amount = MoneyField()
    late_stop_time = serializers.IntegerField()
    payment = serializers.ChoiceField(["ON_SITE", "ONLINE"])
    security = serializers.ChoiceField(
        BookingTerms.Security.choices, help_text="what a booking paid ONLINE is secured by"
    )
    deposit_amount = MoneyField()
    estimate_buffer_share = serializers.IntegerField(help_text="percent authorised on top of the price")
    approval_required = serializers.BooleanField()
    answer_within_minutes = serializers.IntegerField()
    max_open_bookings_per_driver = serializers.IntegerField()


class BookingPayment(Shape):
    required = serializers.BooleanField()  # type: ignore[assignment]  # the stubs' name for a field's option
    status = serializers.ChoiceField(Booking.PaymentStatus.choices)


class BookingShape(Shape):
    reference = serializers.RegexField("^[A-Z2-9]{8}$", help_text="8 characters A-Z 2-9, no O or I")
    request_id = serializers.UUIDField(help_text="stays with the booking through its edits")
    status = serializers.ChoiceField(ReservationStatus.choices)
    hold_expires_at = InstantField(allow_null=True, help_text="while HELD")
    answer_by = InstantField(allow_null=True, help_text="while PENDING")
    station = BookedStation()
    evse_uid = serializers.CharField()
    connector = serializers.ChoiceField(ConnectorType.choices)
    start = InstantField()
    end = InstantField()
    vehicle = serializers.UUIDField(allow_null=True)
    energy_kwh = DecimalStringField(max_digits=7, decimal_places=2)
    power_kw = DecimalStringField(max_digits=7, decimal_places=2)
    quote = QuoteShape()
    booking_terms = AcceptedTermsShape()
    tariff = ObjectField(help_text="OCPI Tariff object")
    payment = BookingPayment()
    fee = MoneyField(help_text="late cancelation or no-show")
    canceled_by = serializers.ChoiceField(Booking.CanceledBy.choices, allow_null=True)
    canceled_reason = serializers.ChoiceField(CanceledReason.choices, allow_null=True)
    arrived_at = InstantField(allow_null=True)
    stopped_at = InstantField(allow_null=True)
    series = serializers.UUIDField(allow_null=True, help_text="of which it is one date; null: of none")
    links = serializers.DictField(child=serializers.CharField(), help_text="what can be done now")
    created_at = InstantField()
    last_updated = InstantField()


class HistoryStep(Shape):
    at = InstantField()
    to = serializers.ChoiceField(ReservationStatus.choices)
    actor = serializers.ChoiceField(
        ["driver", "operator", "system"], help_text="operator: its staff or an administrator"
    )
    reason = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that a class body can give; null for the first step."""
        before = serializers.ChoiceField(ReservationStatus.choices, allow_null=True)
        return {"from": before, **super().get_fields()}


class ChargedShape(Shape):
    session = serializers.UUIDField(allow_null=True, help_text="of /sessions, since charging began")
    bill = BillShape(
        allow_null=True, help_text="what was charged: when COMPLETED or NO_SHOW, or CANCELED for a fee"
    )


class BookingWithHistory(BookingShape, ChargedShape):
    history = HistoryStep(many=True)


class BookingDriver(Shape):
    name = serializers.CharField(allow_blank=True)


class OperatorBooking(BookingShape):
    driver = BookingDriver()
    out_of_service = serializers.BooleanField(help_text="a cause inhibits its EVSE now")


class OperatorBookingWithHistory(OperatorBooking, ChargedShape):
    history = HistoryStep(many=True)


class CancellationShape(Shape):
    reference = serializers.CharField()
    status = serializers.ChoiceField(ReservationStatus.choices)
    fee = MoneyField()
    refund = MoneyField(allow_null=True)


class KeptSlot(Shape):
    """The slot that is kept while the difference is paid."""

    hold_expires_at = InstantField()
    start = InstantField()
    end = InstantField()
    evse_uid = serializers.CharField()


class ReplacementShape(Shape):
    """The booking stays as it is until the difference is paid by /checkout; then it moves."""

    status = serializers.ChoiceField(["payment_required"])
    replacement = KeptSlot()
    difference = MoneyField()


class AlternativeShape(Shape):
    """A free slot near the one that was taken."""

    station = serializers.CharField()
    station_slug = serializers.CharField()
    station_name = serializers.CharField()
    evse_uid = serializers.CharField()
    start = InstantField()
    end = InstantField()
    quote = MoneyField()


class SlotTakenProblem(ProblemSerializer):
    """A 409; `alternatives` comes with `slot_taken` only."""

    alternatives = AlternativeShape(many=True, required=False)


class StationUseShape(Shape):
    """EVSE hours of one station; `utilisation` is booked over open."""

    station_id = serializers.UUIDField()
    name = serializers.CharField()
    evse_count = serializers.IntegerField()
    open_hours = DecimalStringField(max_digits=12, decimal_places=2)
    booked_hours = DecimalStringField(max_digits=12, decimal_places=2)
    utilisation = DecimalStringField(max_digits=8, decimal_places=4, allow_null=True)
    bookings = serializers.IntegerField()
    completed = serializers.IntegerField()
    no_shows = serializers.IntegerField()
    canceled = serializers.IntegerField()


class UtilisationShape(Shape):
    operator = serializers.UUIDField()
    results = StationUseShape(many=True)
