"""The bookings at an operator's stations: its staff sees them, answers them, and receives their drivers."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from bookings.api.bookings.documents import charged_document, history_document, operator_document
from bookings.api.bookings.inputs import OperatorBookingsQuery, RejectInput
from bookings.api.bookings.lists import bookings_page
from bookings.api.bookings.lookups import find_booking
from bookings.api.bookings.shapes import OperatorBooking, OperatorBookingWithHistory
from bookings.models import Booking
from bookings.selectors.bookings import bookings_for_staff, bookings_of_operator, history_of
from bookings.services.answer import approve, reject
from bookings.services.visit import arrive, mark_no_show
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from evbooking.core.api.views import ApiView

TAGS = ["operators"]


class OperatorBookingsView(ApiView):
    pagination_class = OpaqueCursorPagination
    may_not_find = True

    @extend_schema(
        tags=TAGS,
        operation_id="operator_bookings",
        parameters=[OperatorBookingsQuery],
        responses=OperatorBooking(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The bookings at the operator's stations, the newest start first."""
        query = read_query(request, OperatorBookingsQuery)
        operator = choose_operator(request.user, query.get("operator"))
        bookings = bookings_of_operator([operator.pk])
        if "station" in query:
            bookings = bookings.filter(station=query["station"])
        if query["out_of_service"] is not None:
            bookings = (
                bookings.exclude(evse__inhibits=[])
                if query["out_of_service"]
                else bookings.filter(evse__inhibits=[])
            )
        return bookings_page(request, bookings, query, operator_document)


class StaffBookingView(ApiView):
    """One booking at a station of an operator the caller belongs to."""

    def ours(self, request: SignedInRequest, reference: str) -> Booking:
        return find_booking(bookings_for_staff(request.user), reference)


class OperatorBookingView(StaffBookingView):
    @extend_schema(tags=TAGS, operation_id="operator_booking", responses=OperatorBookingWithHistory)
    def get(self, request: SignedInRequest, reference: str) -> HttpResponseBase:
        """One booking with its history."""
        booking = self.ours(request, reference)
        charged = charged_document(booking)
        state = (booking.pk, booking.last_updated, booking.station.revision, charged)
        return conditional(request, *state) or Response(
            {
                **operator_document(booking),
                **charged,
                "history": history_document(booking, history_of(booking)),
            }
        )


class ApproveView(StaffBookingView):
    @extend_schema(
        tags=TAGS, operation_id="operator_booking_approve", request=NothingInput, responses=OperatorBooking
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """PENDING > RESERVED. 409 `wrong_state`, also once the time to answer has passed."""
        booking = self.ours(request, reference)
        read_body(request, NothingInput)
        return Response(operator_document(approve(booking, actor=request.user, now=timezone.now())))


class RejectView(StaffBookingView):
    @extend_schema(
        tags=TAGS, operation_id="operator_booking_reject", request=RejectInput, responses=OperatorBooking
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """PENDING > REJECTED; the driver is told the reason. 409 `wrong_state`."""
        booking = self.ours(request, reference)
        reason = read_body(request, RejectInput)["reason"]
        rejected = reject(booking, actor=request.user, now=timezone.now(), reason=reason)
        return Response(operator_document(rejected))


class CheckInView(StaffBookingView):
    @extend_schema(
        tags=TAGS, operation_id="operator_booking_check_in", request=NothingInput, responses=OperatorBooking
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """The driver is here: RESERVED > FULFILLED. 409 `outside_arrival_window`, `wrong_state`."""
        booking = self.ours(request, reference)
        read_body(request, NothingInput)
        return Response(operator_document(arrive(booking, actor=request.user, now=timezone.now())))


class NoShowView(StaffBookingView):
    @extend_schema(
        tags=TAGS, operation_id="operator_booking_no_show", request=NothingInput, responses=OperatorBooking
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """Nobody came: RESERVED > NO_SHOW with the fee of the terms. 409 `wrong_state` while they still may."""
        booking = self.ours(request, reference)
        read_body(request, NothingInput)
        return Response(operator_document(mark_no_show(booking, actor=request.user, now=timezone.now())))
