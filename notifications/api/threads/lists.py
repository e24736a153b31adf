"""Lists of threads by side, and beginning one."""

from typing import ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from bookings.api.bookings.lookups import as_uuid, find_booking
from bookings.api.places.fields import NOBODY
from bookings.selectors.bookings import bookings_for_staff, bookings_of
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from notifications.api.threads.documents import post_document, thread_document
from notifications.api.threads.shapes import (
    AdminThreadInput,
    OperatorQuery,
    PostShape,
    StaffThreadInput,
    ThreadInput,
    ThreadShape,
)
from notifications.models import Side, Thread
from notifications.seats import Seat, Subject
from notifications.selectors.threads import (
    threads_of_administrators,
    threads_of_driver,
    threads_of_operators,
)
from notifications.services.threads.writing import write_about
from stations.models import Station
from stations.selectors import get_station, stations_for_decision


class SideView(ApiView):
    """The threads of the caller on one side."""

    pagination_class = OpaqueCursorPagination
    side: ClassVar[Side]

    def listed(self, request: SignedInRequest, threads: QuerySet[Thread]) -> HttpResponseBase:
        page = paginate(request, threads, ["-last_at", "id"])
        documents = [thread_document(one, self.side) for one in page.items]
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, documents)
        return conditional(request, *parts) or page.answer(documents)

    def begun(self, request: SignedInRequest, subject: Subject, body: str) -> Response:
        post = write_about(subject, author=request.user, side=self.side, body=body, now=timezone.now())
        return Response(post_document(post, Seat(post.thread, request.user, self.side)), status=201)


class ThreadsView(SideView):
    side = Side.DRIVER
    may_not_find = True

    @extend_schema(tags=["told"], operation_id="threads", responses=ThreadShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What the caller writes with operators as a driver, the newest first."""
        return self.listed(request, threads_of_driver(request.user))

    @extend_schema(
        tags=["told"], operation_id="thread_begin", request=ThreadInput, responses={201: PostShape}
    )
    def post(self, request: SignedInRequest) -> Response:
        """Write to an operator about a booking of one's own or a public station; where there is a thread, in that.

        404 for anybody else's booking and a station that is not public; 409 `blocked`, `blocking`.
        """
        body = read_body(request, ThreadInput)
        return self.begun(request, self.subject(request, body["about"]), body["body"])

    def subject(self, request: SignedInRequest, about: dict[str, str]) -> Subject:
        if "booking" in about:
            own = bookings_of(request.user).select_related("station", "driver")
            return Subject.of_booking(find_booking(own, about["booking"]))
        station = Station.objects.public().filter(pk=as_uuid(about["station"]) or NOBODY).first()
        if station is None:
            raise NotFound
        return Subject.of_station(station, request.user)


class OperatorThreadsView(SideView):
    side = Side.OPERATOR
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_threads",
        parameters=[OperatorQuery],
        responses=ThreadShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What an operator's people write with drivers and administrators, the newest first."""
        operator = choose_operator(request.user, read_query(request, OperatorQuery).get("operator"))
        return self.listed(request, threads_of_operators(request.user, operator))

    @extend_schema(
        tags=["operators"],
        operation_id="operator_thread_begin",
        request=StaffThreadInput,
        responses={201: PostShape},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Write to the driver of a booking at one's stations, or to the administrators about an approval."""
        body = read_body(request, StaffThreadInput)
        return self.begun(request, self.subject(request, body["about"]), body["body"])

    def subject(self, request: SignedInRequest, about: dict[str, str]) -> Subject:
        if "booking" in about:
            return Subject.of_booking(find_booking(bookings_for_staff(request.user), about["booking"]))
        return Subject.of_approval(get_station(request.user, as_uuid(about["approval"]) or NOBODY))


class AdminThreadsView(SideView):
    side = Side.ADMINISTRATOR
    permission_classes = [IsAdminUser]
    may_not_find = True

    @extend_schema(tags=["administrators"], operation_id="admin_threads", responses=ThreadShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What is written about approvals, the newest first."""
        return self.listed(request, threads_of_administrators(request.user))

    @extend_schema(
        tags=["administrators"],
        operation_id="admin_thread_begin",
        request=AdminThreadInput,
        responses={201: PostShape},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Write to an operator about the approval of a station."""
        body = read_body(request, AdminThreadInput)
        station = stations_for_decision().filter(pk=as_uuid(body["about"]["approval"]) or NOBODY).first()
        if station is None:
            raise NotFound
        return self.begun(request, Subject.of_approval(station), body["body"])
