"""A driver's places in line: joining, seeing, leaving, and answering an offer."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.documents import booking_document
from bookings.api.bookings.lookups import as_uuid, station_named
from bookings.api.bookings.shapes import BookingShape
from bookings.api.places.fields import NOBODY
from bookings.api.waitlist.documents import entry_document
from bookings.api.waitlist.shapes import EntryInput, EntryShape, SnoozeInput
from bookings.models import WaitlistEntry
from bookings.selectors.waitlist import entries_of
from bookings.services.confirm import confirm_if_free
from bookings.services.waitlist.answering import accept, decline, snooze
from bookings.services.waitlist.joining import join, leave
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import NothingInput, read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound

TAGS = ["waiting list"]


class WaitlistView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="waitlist", responses=EntryShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's places in line, the newest first, those that are over included."""
        page = paginate(request, entries_of(request.user), ["-joined_at", "id"])
        documents = [entry_document(entry) for entry in page.items]
        state = [(one["id"], one["last_updated"], one["ahead"]) for one in documents]
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, *state)
        return conditional(request, *parts) or page.answer(documents)

    @extend_schema(tags=TAGS, operation_id="waitlist_join", request=EntryInput, responses={201: EntryShape})
    def post(self, request: SignedInRequest) -> Response:
        """Wait for a slot; what fits and comes free is offered first come, first served.

        Who waits for just that already gets the place they have. What is free already is offered at once.
        """
        body = read_body(request, EntryInput)
        [entry, *_] = join(
            request.user,
            stations=[station_named(body["station"])],
            earliest=body["earliest"],
            latest=body["latest"],
            duration_minutes=body["duration_minutes"],
            connector=body.get("connector") or None,
            now=timezone.now(),
        )
        return Response(_document(request, entry), status=201)


class EntryActionView(ApiView):
    """One place in line of the driver's."""

    def own(self, request: SignedInRequest, entry_id: str) -> WaitlistEntry:
        found = entries_of(request.user).filter(pk=as_uuid(entry_id) or NOBODY).first()
        if found is None:
            raise NotFound
        return found


class EntryView(EntryActionView):
    @extend_schema(tags=TAGS, operation_id="waitlist_leave", responses={204: None})
    def delete(self, request: SignedInRequest, entry_id: str) -> Response:
        """Leave the line; a slot on offer goes to the next. 409 `wrong_state` where it is over."""
        leave(self.own(request, entry_id), actor=request.user, now=timezone.now())
        return Response(status=204)


class AcceptView(EntryActionView):
    @extend_schema(
        tags=TAGS, operation_id="waitlist_accept", request=NothingInput, responses={201: BookingShape}
    )
    def post(self, request: SignedInRequest, entry_id: str) -> Response:
        """Take the offer: the booking, HELD for ten minutes, to be paid or confirmed; one that costs nothing is
        confirmed at once. 409 `hold_expired`, `wrong_state`.
        """
        entry, now = self.own(request, entry_id), timezone.now()
        read_body(request, NothingInput)
        booking = confirm_if_free(accept(entry, actor=request.user, now=now), actor=request.user, now=now)
        return Response(booking_document(booking), status=201)


class SnoozeView(EntryActionView):
    @extend_schema(tags=TAGS, operation_id="waitlist_snooze", request=SnoozeInput, responses=EntryShape)
    def post(self, request: SignedInRequest, entry_id: str) -> Response:
        """Not this slot, and none for so many minutes; the place in line is kept. 409 `hold_expired`, `wrong_state`."""
        entry = self.own(request, entry_id)
        minutes = read_body(request, SnoozeInput)["minutes"]
        snooze(entry, minutes=minutes, actor=request.user, now=timezone.now())
        return Response(_document(request, entry))


class DeclineView(EntryActionView):
    @extend_schema(tags=TAGS, operation_id="waitlist_decline", request=NothingInput, responses=EntryShape)
    def post(self, request: SignedInRequest, entry_id: str) -> Response:
        """Let the offer go and leave the line. 409 `hold_expired`, `wrong_state`."""
        entry = self.own(request, entry_id)
        read_body(request, NothingInput)
        decline(entry, actor=request.user, now=timezone.now())
        return Response(_document(request, entry))


def _document(request: SignedInRequest, entry: WaitlistEntry) -> dict[str, object]:
    """The entry as it is now."""
    return entry_document(entries_of(request.user).get(pk=entry.pk))
