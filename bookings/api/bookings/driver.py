"""A driver's own bookings: making them, seeing them, and what can be done with them."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.documents import (
    booking_document,
    cancellation_document,
    charged_document,
    history_document,
    replacement_document,
)
from bookings.api.bookings.inputs import (
    BookingInput,
    BookingsQuery,
    CancelInput,
    CancelQuery,
    RescheduleInput,
)
from bookings.api.bookings.lists import bookings_page
from bookings.api.bookings.lookups import evse_at, find_booking, read_wish
from bookings.api.bookings.shapes import (
    BookingShape,
    BookingWithHistory,
    CancellationShape,
    ReplacementShape,
    SlotTakenProblem,
)
from bookings.models import Booking
from bookings.selectors.bookings import bookings_of, history_of
from bookings.services.cancel import cancel, cancellation_quote
from bookings.services.confirm import confirm, confirm_if_free
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive, stop
from evbooking.core.api.etag import conditional
from evbooking.core.api.exceptions import PROBLEM
from evbooking.core.api.pagination import OpaqueCursorPagination
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from evbooking.core.api.views import ApiView
from evbooking.core.ocpi import CanceledReason
from evbooking.core.rate_limits import check_rates

TAGS = ["bookings"]


class BookingsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS, operation_id="bookings", parameters=[BookingsQuery], responses=BookingShape(many=True)
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's bookings, the newest start first; `from` and `to` are about the start."""
        query = read_query(request, BookingsQuery)
        return bookings_page(request, bookings_of(request.user), query, booking_document)

    @extend_schema(
        tags=TAGS,
        operation_id="booking_create",
        request=BookingInput,
        responses={201: BookingShape, (409, PROBLEM): SlotTakenProblem},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Hold a slot for ten minutes, to be confirmed; one that costs nothing is confirmed at once.

        409 `slot_taken` comes with the nearest free `alternatives`.
        """
        body = read_body(request, BookingInput)
        check_rates({"holds_driver": request.user.pk})
        now = timezone.now()
        held = hold_slot(request.user, **read_wish(request.user, body), now=now)
        booking = confirm_if_free(held, actor=request.user, now=now)
        return Response(
            booking_document(booking),
            status=201,
            headers={"Location": f"{request.path}/{booking.reference}"},
        )


class BookingActionView(ApiView):
    """One booking of the driver's."""

    def own(self, request: SignedInRequest, reference: str) -> Booking:
        return find_booking(bookings_of(request.user), reference)


class BookingView(BookingActionView):
    @extend_schema(tags=TAGS, operation_id="booking", responses=BookingWithHistory)
    def get(self, request: SignedInRequest, reference: str) -> HttpResponseBase:
        """One booking with its history."""
        booking = self.own(request, reference)
        charged = charged_document(booking)
        state = (booking.pk, booking.last_updated, booking.station.revision, charged)
        return conditional(request, *state) or Response(
            {
                **booking_document(booking),
                **charged,
                "history": history_document(booking, history_of(booking)),
            }
        )


class ConfirmView(BookingActionView):
    @extend_schema(tags=TAGS, operation_id="booking_confirm", request=NothingInput, responses=BookingShape)
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """Turn a hold into RESERVED, or PENDING where the operator answers.

        409 `payment_required`, `hold_expired`, `wrong_state`.
        """
        booking = self.own(request, reference)
        read_body(request, NothingInput)
        return Response(booking_document(confirm(booking, actor=request.user, now=timezone.now())))


class CancelView(BookingActionView):
    @extend_schema(
        tags=TAGS,
        operation_id="booking_cancel",
        parameters=[CancelQuery],
        request=CancelInput,
        responses=CancellationShape,
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """Cancel, for the fee the accepted terms give; `?preview=true` only says which.

        409 `too_late_to_cancel`, `wrong_state`.
        """
        booking, now = self.own(request, reference), timezone.now()
        body, query = read_body(request, CancelInput), read_query(request, CancelQuery)
        if query["preview"]:
            return Response(cancellation_document(booking, cancellation_quote(booking, now)))
        reason = CanceledReason(body.get("reason") or CanceledReason.NO_CANCELED)
        cancellation = cancel(booking, actor=request.user, now=now, reason=reason)
        return Response(cancellation_document(booking, cancellation))


class RescheduleView(BookingActionView):
    @extend_schema(
        tags=TAGS,
        operation_id="booking_reschedule",
        request=RescheduleInput,
        responses={200: BookingShape, 202: ReplacementShape, (409, PROBLEM): SlotTakenProblem},
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """Move the booking; the old slot stands until the new one is had.

        202 where it becomes dearer and is paid online: the new slot is kept, and /checkout asks for the difference.
        409 `slot_taken` with `alternatives`, `too_late_to_change`, `wrong_state`.
        """
        booking = self.own(request, reference)
        body = read_body(request, RescheduleInput)
        moved = reschedule(
            booking,
            start=body["start"],
            end=body["end"],
            evse=evse_at(booking.station, body.get("evse_uid")),
            actor=request.user,
            now=timezone.now(),
        )
        if moved.replaces_id is not None:
            return Response(replacement_document(booking, moved), status=202)
        return Response(booking_document(moved))


class StartView(BookingActionView):
    @extend_schema(tags=TAGS, operation_id="booking_start", request=NothingInput, responses=BookingShape)
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """ "I have plugged in": RESERVED > FULFILLED. 409 `outside_arrival_window`, `wrong_state`."""
        booking = self.own(request, reference)
        read_body(request, NothingInput)
        return Response(booking_document(arrive(booking, actor=request.user, now=timezone.now())))


class StopView(BookingActionView):
    @extend_schema(tags=TAGS, operation_id="booking_stop", request=NothingInput, responses=BookingShape)
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """ "I have left": FULFILLED > COMPLETED, what is left of the slot is free again. 409 `wrong_state`."""
        booking = self.own(request, reference)
        read_body(request, NothingInput)
        return Response(booking_document(stop(booking, actor=request.user, now=timezone.now())))
