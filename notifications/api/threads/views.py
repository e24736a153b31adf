"""One thread: reading it, writing in it, blocking the other side; and reporting a post."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import as_uuid
from evbooking.core.api.etag import conditional
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from evbooking.core.api.views import ApiView
from notifications.api.threads.documents import open_thread_document, post_document, report_document
from notifications.api.threads.shapes import (
    OpenThreadShape,
    PostInput,
    PostShape,
    PostsQuery,
    ReportInput,
    ReportShape,
)
from notifications.seats import Seat
from notifications.selectors.threads import listed_for, post_facing, seat_in
from notifications.services.threads.blocking import block, unblock
from notifications.services.threads.reading import mark_thread_read
from notifications.services.threads.reporting import report_post
from notifications.services.threads.writing import post as write_post

TAGS = ["told"]


class SeatView(ApiView):
    """A thread in which the caller has a seat, on whichever side."""

    def seat(self, request: SignedInRequest, thread_id: str) -> Seat:
        return seat_in(request.user, as_uuid(thread_id))

    def shown(self, seat: Seat, before: int | None = None) -> dict[str, object]:
        return open_thread_document(listed_for(seat), seat, before=before)


class ThreadView(SeatView):
    @extend_schema(tags=TAGS, operation_id="thread", parameters=[PostsQuery], responses=OpenThreadShape)
    def get(self, request: SignedInRequest, thread_id: str) -> HttpResponseBase:
        """A thread with its last 50 posts, or the 50 before a number; reading marks nothing as read."""
        seat = self.seat(request, thread_id)
        document = self.shown(seat, read_query(request, PostsQuery).get("before"))
        return conditional(request, request.user.pk, document) or Response(document)


class PostsView(SeatView):
    @extend_schema(tags=TAGS, operation_id="thread_post", request=PostInput, responses={201: PostShape})
    def post(self, request: SignedInRequest, thread_id: str) -> Response:
        """Write to the other side. 409 `blocked`, `blocking`, `nobody_there`."""
        seat = self.seat(request, thread_id)
        body = read_body(request, PostInput)["body"]
        return Response(post_document(write_post(seat, body=body, now=timezone.now()), seat), status=201)


class ThreadReadView(SeatView):
    @extend_schema(tags=TAGS, operation_id="thread_read", request=NothingInput, responses=OpenThreadShape)
    def post(self, request: SignedInRequest, thread_id: str) -> Response:
        """Mark all posts of a thread, and the messages that told of them, as read."""
        seat = self.seat(request, thread_id)
        read_body(request, NothingInput)
        mark_thread_read(seat, number=seat.thread.last_number, now=timezone.now())
        return Response(self.shown(seat))


class BlockView(SeatView):
    @extend_schema(tags=TAGS, operation_id="thread_block", request=NothingInput, responses=OpenThreadShape)
    def post(self, request: SignedInRequest, thread_id: str) -> Response:
        """Block the other side in all threads: neither writes until it is lifted.

        409 `wrong_state` in one about an approval.
        """
        seat = self.seat(request, thread_id)
        read_body(request, NothingInput)
        block(seat, now=timezone.now())
        return Response(self.shown(seat))

    @extend_schema(tags=TAGS, operation_id="thread_unblock", responses={204: None})
    def delete(self, request: SignedInRequest, thread_id: str) -> Response:
        """Lift the block of one's own side. 409 `wrong_state` about an approval."""
        unblock(self.seat(request, thread_id))
        return Response(status=204)


class ReportView(ApiView):
    @extend_schema(tags=TAGS, operation_id="post_report", request=ReportInput, responses={201: ReportShape})
    def post(self, request: SignedInRequest, post_id: str) -> Response:
        """Ask the administrators to look at a post of the other side; again, the report there is."""
        post, seat = post_facing(request.user, as_uuid(post_id))
        reason = read_body(request, ReportInput)["reason"]
        made = report_post(post, seat=seat, reason=reason, now=timezone.now())
        return Response(report_document(made), status=201)
