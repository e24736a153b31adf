"""What administrators may do with any booking: see it, and correct its slot."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.documents import charged_document, history_document, operator_document
from bookings.api.bookings.inputs import CorrectionInput
from bookings.api.bookings.lookups import evse_at, find_booking
from bookings.api.bookings.shapes import OperatorBooking, OperatorBookingWithHistory, SlotTakenProblem
from bookings.selectors.bookings import all_bookings, history_of
from bookings.services.correct import correct_slot
from evbooking.core.api.etag import conditional
from evbooking.core.api.exceptions import PROBLEM
from evbooking.core.api.serializers import read_body
from evbooking.core.api.views import ApiView

TAGS = ["administrators"]


class AdminBookingView(ApiView):
    permission_classes = [IsAdminUser]

    @extend_schema(tags=TAGS, operation_id="admin_booking", responses=OperatorBookingWithHistory)
    def get(self, request: SignedInRequest, reference: str) -> HttpResponseBase:
        """Any booking with its history."""
        booking = find_booking(all_bookings(), reference)
        charged = charged_document(booking)
        state = (booking.pk, booking.last_updated, booking.station.revision, charged)
        return conditional(request, *state) or Response(
            {
                **operator_document(booking),
                **charged,
                "history": history_document(booking, history_of(booking)),
            }
        )

    @extend_schema(
        tags=TAGS,
        operation_id="admin_booking_correct",
        request=CorrectionInput,
        responses={200: OperatorBooking, (409, PROBLEM): SlotTakenProblem},
    )
    def patch(self, request: SignedInRequest, reference: str) -> Response:
        """Put an open booking at another time or EVSE of its station, whatever its terms say; the price stays.

        409 `slot_taken` with `alternatives`, `wrong_state`.
        """
        booking = find_booking(all_bookings(), reference)
        body = read_body(request, CorrectionInput)
        corrected = correct_slot(
            booking,
            start=body.get("start"),
            end=body.get("end"),
            evse=evse_at(booking.station, body.get("evse_uid")),
            actor=request.user,
            now=timezone.now(),
            reason=body["reason"],
        )
        return Response(operator_document(corrected))
