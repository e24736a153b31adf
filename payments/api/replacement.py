"""Letting go of a dearer slot that is kept while its difference is to be paid."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import find_booking
from bookings.selectors.bookings import bookings_of
from evbooking.core.api.views import ApiView
from payments.services.replacements import let_replacement_go


class ReplacementView(ApiView):
    @extend_schema(tags=["payments"], operation_id="booking_replacement_delete", responses={204: None})
    def delete(self, request: SignedInRequest, reference: str) -> Response:
        """Keep the present slot: the dearer one that /reschedule kept is free again. Also where none is kept.

        409 `wrong_state` where the difference was paid meanwhile, or the bank has not answered; 503
        `payment_provider_unavailable`, and the slot is kept for its time.
        """
        let_replacement_go(find_booking(bookings_of(request.user), reference), now=timezone.now())
        return Response(status=204)
