"""`/watches`: tell me when it is free."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.places.fields import NearInstantField
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import StrictSerializer, read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import FieldError, Invalid, NotFound
from evbooking.core.ocpi import ConnectorType
from notifications.models import Watch
from notifications.models.watch import LONGEST_PLACE
from notifications.selectors.watches import watches_of
from notifications.services.watches.keeping import LONGEST_WINDOW, MOST_KM, Area, Slot, pause, watch
from stations.models import Station

TAGS = ["told"]
_AREA = ("latitude", "longitude", "radius_km")
_SLOT = ("earliest", "latest", "duration_minutes")


class WatchInput(StrictSerializer):
    """A station, or an area; with `earliest`, `latest` and `duration_minutes` a slot, without them what is free now."""

    station = serializers.CharField(max_length=64, required=False, allow_null=True, help_text="its id")
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    radius_km = serializers.FloatField(min_value=0.1, max_value=MOST_KM, required=False, allow_null=True)
    place = serializers.CharField(
        max_length=LONGEST_PLACE,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="what an area is called; if omitted, by the nearest station",
    )
    connector = serializers.ChoiceField(
        ConnectorType.choices, required=False, allow_null=True, help_text="any, if omitted"
    )
    earliest = NearInstantField(required=False, allow_null=True)
    latest = NearInstantField(
        required=False, allow_null=True, help_text=f"at most {LONGEST_WINDOW.days} days later"
    )
    duration_minutes = serializers.IntegerField(min_value=1, max_value=2880, required=False, allow_null=True)
    expires_at = NearInstantField(
        required=False, allow_null=True, help_text="at most 90 days from now, 30 if omitted"
    )


class WatchChange(StrictSerializer):
    paused = serializers.BooleanField()


class WatchShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    station = serializers.UUIDField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    radius_km = serializers.FloatField(allow_null=True)
    place = serializers.CharField(allow_null=True, help_text="what an area is called")
    connector = serializers.ChoiceField(ConnectorType.choices, allow_null=True)
    earliest = InstantField(allow_null=True)
    latest = InstantField(allow_null=True)
    duration_minutes = serializers.IntegerField(allow_null=True)
    free = serializers.BooleanField(help_text="whether something was free when we last looked")
    told_at = InstantField(allow_null=True, help_text="the last time the person was told")
    paused = serializers.BooleanField()
    expires_at = InstantField()
    created_at = InstantField()


class WatchesView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="watches", responses=WatchShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The person's watches, the newest first; those that ended within the last week included."""
        page = paginate(request, watches_of(request.user), ["-created_at", "id"])
        documents = [_document(one) for one in page.items]
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, documents)
        return conditional(request, *parts) or page.answer(documents)

    @extend_schema(tags=TAGS, operation_id="watch_create", request=WatchInput, responses={201: WatchShape})
    def post(self, request: SignedInRequest) -> Response:
        """Tell me once when it becomes free; what is free already is no news until it was gone for a while.

        Who watches just that already gets that watch. 422 `too_many_watches` at `station`.
        """
        body = read_body(request, WatchInput)
        made = watch(
            request.user,
            _where(body),
            connector=body.get("connector") or "",
            slot=_slot(body),
            expires_at=body.get("expires_at"),
            now=timezone.now(),
        )
        return Response(_document(made), status=201)


class WatchView(ApiView):
    @extend_schema(tags=TAGS, operation_id="watch_change", request=WatchChange, responses=WatchShape)
    def patch(self, request: SignedInRequest, watch_id: UUID) -> Response:
        """Pause it, or begin again as if it were new."""
        found = _own(request, watch_id)
        paused = read_body(request, WatchChange)["paused"]
        return Response(_document(pause(found, paused=paused, now=timezone.now())))

    @extend_schema(tags=TAGS, operation_id="watch_delete", responses={204: None})
    def delete(self, request: SignedInRequest, watch_id: UUID) -> Response:
        """End it."""
        _own(request, watch_id).delete()
        return Response(status=204)


def _own(request: SignedInRequest, watch_id: UUID) -> Watch:
    found = watches_of(request.user).filter(pk=watch_id).first()
    if found is None:
        raise NotFound
    return found


def _where(body: dict[str, Any]) -> Station | Area:
    """Raises Invalid where it is both a station and an area, or only a part of either."""
    area: dict[str, Any] = {name: body.get(name) for name in _AREA}
    given = [name for name, value in area.items() if value is not None]
    if body.get("station"):
        if given:
            raise Invalid.one(given[0], "invalid", "A watch is about a station or an area, not both.")
        return _station(body["station"])
    if not given:
        raise Invalid.one("station", "required", "Name a station, or latitude, longitude and radius_km.")
    _refuse_parts(area)
    return Area(**area, place=body.get("place") or "")


def _slot(body: dict[str, Any]) -> Slot | None:
    slot: dict[str, Any] = {name: body.get(name) for name in _SLOT}
    if not any(slot.values()):
        return None
    _refuse_parts(slot)
    return Slot(**slot)


def _refuse_parts(parts: dict[str, Any]) -> None:
    missing = [name for name, value in parts.items() if value is None]
    if missing:
        words = f"{', '.join(parts)} belong together."
        raise Invalid([FieldError(name, "required", words) for name in missing])


def _station(text: str) -> Station:
    try:
        found = Station.objects.public().filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Invalid.one("station", "unknown_station", "There is no such station.")
    return found


def _document(watch: Watch) -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: getattr(watch, name) for name in ("id", *_AREA, *_SLOT, "told_at", "expires_at", "created_at")
    }
    free: datetime | None = watch.free_since
    return shown | {
        "station": watch.station_id,
        "place": watch.place or None,
        "connector": watch.connector or None,
        "free": free is not None,
        "paused": watch.paused_at is not None,
    }
