"""A booking as a calendar's entry, and the private feeds of the caller."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import as_uuid
from bookings.api.places.fields import NOBODY
from bookings.links import feed_address
from bookings.models import CalendarFeed
from bookings.selectors.calendars import calendar_booking, feeds_of
from bookings.services.calendars import renew_feed, revoke_feed
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import StrictSerializer, read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import FieldError, Invalid, NotFound
from stations.models import Station
from stations.selectors import stations_of

TAGS = ["calendars"]
_FILE = {(200, "text/calendar"): OpenApiResponse(OpenApiTypes.STR, "iCalendar (RFC 5545), one VEVENT")}


class FeedInput(StrictSerializer):
    station = serializers.CharField(
        max_length=64,
        required=False,
        allow_null=True,
        help_text="id of a station where the caller is staff; own bookings if omitted",
    )


class FeedShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    station = serializers.UUIDField(allow_null=True, help_text="null: the caller's own bookings")
    created_at = InstantField(help_text="when its present address was made")


class NewFeedShape(FeedShape):
    url = serializers.CharField(help_text="for whoever knows it; shown this once")


class BookingCalendarView(ApiView):
    @extend_schema(tags=TAGS, operation_id="booking_calendar", responses=_FILE)
    def get(self, request: SignedInRequest, reference: str) -> HttpResponseBase:
        """The booking as an entry of a calendar: UID is the `request_id`, SEQUENCE grows with each change."""
        from bookings.calendars.documents import ICS, booking_calendar  # here, for its library takes 7 MB

        booking, now = calendar_booking(request.user, reference), timezone.now()
        if booking is None:
            raise NotFound
        _, content = booking_calendar(
            booking, sequence=booking.sequence, language=request.user.locale, now=now
        )
        return conditional(request, content) or HttpResponse(content, content_type=ICS)


class FeedsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="calendar_feeds", responses=FeedShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The caller's private feeds, without their addresses, which nobody knows but who was shown them."""
        page = paginate(request, feeds_of(request.user), ["created_at", "id"])
        documents = [_document(feed) for feed in page.items]
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, documents)
        return conditional(request, *parts) or page.answer(documents)

    @extend_schema(
        tags=TAGS, operation_id="calendar_feed_renew", request=FeedInput, responses={201: NewFeedShape}
    )
    def post(self, request: SignedInRequest) -> Response:
        """Make a feed, or give it a new address: `url`. An address that it had leads nowhere from now on."""
        named = read_body(request, FeedInput).get("station")
        station = _station(request, named) if named else None
        feed, token = renew_feed(request.user, station=station, now=timezone.now())
        return Response({**_document(feed), "url": feed_address(token)}, status=201)


class FeedView(ApiView):
    @extend_schema(tags=TAGS, operation_id="calendar_feed_revoke", responses={204: None})
    def delete(self, request: SignedInRequest, feed_id: str) -> Response:
        """Take a feed back: its address leads nowhere."""
        feed = feeds_of(request.user).filter(pk=as_uuid(feed_id) or NOBODY).first()
        if feed is None:
            raise NotFound
        revoke_feed(feed, actor=request.user)
        return Response(status=204)


def _station(request: SignedInRequest, named: str) -> Station:
    found = stations_of(request.user).filter(pk=as_uuid(named) or NOBODY).first()
    if found is None:
        raise Invalid([FieldError("station", "unknown_station", "You have no such station.")])
    return found


def _document(feed: CalendarFeed) -> dict[str, Any]:
    return {"id": feed.pk, "station": feed.station_id, "created_at": feed.created_at}
