"""EVSEs of an operator's station, with their connectors and inhibit causes."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import read_body
from evbooking.core.errors import Invalid
from stations.api.serializers.evses import EvseChanges, EvseInput, InhibitInput, OperatorEvseSerializer
from stations.api.views.base import OPERATORS, OperatorListView, OperatorView
from stations.models import EVSE, ParkingPlace
from stations.selectors import get_evse, get_station
from stations.services.editing import add_evse, remove_evse, update_evse
from stations.services.inhibits import inhibit, release


class EvsesView(OperatorListView):
    @extend_schema(tags=OPERATORS, operation_id="operator_evses", responses=OperatorEvseSerializer(many=True))
    def get(self, request: SignedInRequest, station_id: UUID) -> HttpResponseBase:
        """The station's EVSEs, by uid; removed ones are left out."""
        station = get_station(request.user, station_id)
        seen = conditional(request, station.pk, station.revision, request.META["QUERY_STRING"])
        if seen:
            return seen
        evses = EVSE.objects.present().filter(station=station)
        page = paginate(request, evses.prefetch_related("connectors", "parking_places"), ["uid"])
        return page.answer(list(OperatorEvseSerializer(page.items, many=True).data))

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_evse_add",
        request=EvseInput,
        responses={201: OperatorEvseSerializer},
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """A new EVSE with its connectors. Its uid is unique in the installation and never used again."""
        station = get_station(request.user, station_id, minimum=Role.MANAGER)
        fields = _with_places(station.pk, read_body(request, EvseInput))
        evse = add_evse(station, actor=request.user, **fields)
        return Response(OperatorEvseSerializer(evse).data, status=201)


class EvseView(OperatorView):
    @extend_schema(tags=OPERATORS, operation_id="operator_evse", responses=OperatorEvseSerializer)
    def get(self, request: SignedInRequest, station_id: UUID, uid: str) -> HttpResponseBase:
        """One EVSE with its connectors and what keeps it from service."""
        evse = get_evse(request.user, station_id, uid)
        seen = conditional(request, evse.pk, evse.station.revision)
        return seen or Response(OperatorEvseSerializer(evse).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_evse_update",
        request=EvseChanges,
        responses=OperatorEvseSerializer,
    )
    def patch(self, request: SignedInRequest, station_id: UUID, uid: str) -> Response:
        """Change what is given; `connectors` and `parking_places` replace the whole list."""
        evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
        changes = _with_places(station_id, read_body(request, EvseChanges))
        return Response(OperatorEvseSerializer(update_evse(evse, actor=request.user, **changes)).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_evse_remove",
        request=None,
        responses={204: OpenApiResponse(description="The EVSE is gone; its uid stays taken")},
    )
    def delete(self, request: SignedInRequest, station_id: UUID, uid: str) -> Response:
        """Take the EVSE off the station for ever."""
        remove_evse(get_evse(request.user, station_id, uid, minimum=Role.MANAGER), actor=request.user)
        return Response(status=204)


class InhibitView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_evse_inhibit",
        request=InhibitInput,
        responses=OperatorEvseSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID, uid: str) -> Response:
        """Add a cause that keeps the EVSE out of service; nothing happens where it is there already."""
        evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
        changed = inhibit(evse, actor=request.user, **read_body(request, InhibitInput))
        return Response(OperatorEvseSerializer(changed).data)


class ReleaseView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_evse_release",
        request=InhibitInput,
        responses=OperatorEvseSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID, uid: str) -> Response:
        """Clear one cause, and no other; the EVSE is in service again when none is left."""
        evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
        changed = release(evse, actor=request.user, **read_body(request, InhibitInput))
        return Response(OperatorEvseSerializer(changed).data)


def _with_places(station_id: UUID, fields: dict[str, Any]) -> dict[str, Any]:
    """Put the station's parking places in the place of their ids. Raises Invalid for unknown ones."""
    if "parking_places" not in fields:
        return fields
    wanted = set(fields["parking_places"])
    places = list(ParkingPlace.objects.filter(station=station_id, pk__in=wanted))
    if len(places) != len(wanted):
        raise Invalid.one("parking_places", "invalid", "Name parking places of this station.")
    return fields | {"parking_places": places}
