"""Parking places of an operator's station."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import read_body
from stations.api.serializers.evses import ParkingPlaceChanges, ParkingPlaceInput, ParkingPlaceSerializer
from stations.api.views.base import OPERATORS, OperatorListView, OperatorView
from stations.models import ParkingPlace
from stations.selectors import get_parking_place, get_station
from stations.services.editing import add_parking_place, remove_parking_place, update_parking_place


class ParkingPlacesView(OperatorListView):
    @extend_schema(
        tags=OPERATORS, operation_id="operator_parking_places", responses=ParkingPlaceSerializer(many=True)
    )
    def get(self, request: SignedInRequest, station_id: UUID) -> HttpResponseBase:
        """The station's parking places, by their signs."""
        station = get_station(request.user, station_id)
        seen = conditional(request, station.pk, station.revision, request.META["QUERY_STRING"])
        if seen:
            return seen
        page = paginate(request, ParkingPlace.objects.filter(station=station), ["physical_reference", "id"])
        return page.answer(list(ParkingPlaceSerializer(page.items, many=True).data))

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_parking_place_add",
        request=ParkingPlaceInput,
        responses={201: ParkingPlaceSerializer},
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """A new parking place; with vehicle type DISABLED a disabled bay."""
        station = get_station(request.user, station_id, minimum=Role.MANAGER)
        place = add_parking_place(station, actor=request.user, **read_body(request, ParkingPlaceInput))
        return Response(ParkingPlaceSerializer(place).data, status=201)


class ParkingPlaceView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_parking_place_update",
        request=ParkingPlaceChanges,
        responses=ParkingPlaceSerializer,
    )
    def patch(self, request: SignedInRequest, station_id: UUID, place_id: UUID) -> Response:
        """Change what is given."""
        place = get_parking_place(request.user, station_id, place_id, minimum=Role.MANAGER)
        changed = update_parking_place(place, actor=request.user, **read_body(request, ParkingPlaceChanges))
        return Response(ParkingPlaceSerializer(changed).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_parking_place_remove",
        request=None,
        responses={204: OpenApiResponse(description="The parking place is gone")},
    )
    def delete(self, request: SignedInRequest, station_id: UUID, place_id: UUID) -> Response:
        """Forget the parking place; its EVSEs no longer refer to it."""
        place = get_parking_place(request.user, station_id, place_id, minimum=Role.MANAGER)
        remove_parking_place(place, actor=request.user)
        return Response(status=204)
