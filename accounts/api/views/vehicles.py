"""`/vehicles` and the catalogue of common cars."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.serializers.vehicles import (
    VehicleChanges,
    VehicleInput,
    VehicleModelSerializer,
    VehicleModelsQuery,
    VehicleSerializer,
)
from accounts.api.views.lists import listed
from accounts.api.views.me import TAGS
from accounts.api.views.requests import SignedInRequest
from accounts.catalogue import catalogue_edition
from accounts.models import Vehicle
from accounts.selectors import vehicle_models, vehicles_of, vehicles_stamp
from accounts.services.vehicles import add_vehicle, remove_vehicle, update_vehicle
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.api.views import ApiView


class VehiclesView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="vehicles", responses=VehicleSerializer(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's own cars, the oldest first."""
        state = (request.user.pk, vehicles_stamp(request.user), request.META["QUERY_STRING"])
        return conditional(request, *state) or self.page(request)

    def page(self, request: SignedInRequest) -> Response:
        page = paginate(request, vehicles_of(request.user), ["created_at", "id"])
        return listed(page, VehicleSerializer)

    @extend_schema(
        tags=TAGS, operation_id="vehicle_add", request=VehicleInput, responses={201: VehicleSerializer}
    )
    def post(self, request: SignedInRequest) -> Response:
        """Add a car. 422 `too_many_vehicles` past twenty."""
        vehicle = add_vehicle(request.user, actor=request.user, **read_body(request, VehicleInput))
        return Response(VehicleSerializer(vehicle).data, status=201)


class VehicleView(ApiView):
    @extend_schema(
        tags=TAGS, operation_id="vehicle_update", request=VehicleChanges, responses=VehicleSerializer
    )
    def patch(self, request: SignedInRequest, vehicle_id: UUID) -> Response:
        """Change a car; bookings made with it keep its old figures."""
        vehicle = self.own_vehicle(request, vehicle_id)
        changed = update_vehicle(vehicle, actor=request.user, **read_body(request, VehicleChanges))
        return Response(VehicleSerializer(changed).data)

    @extend_schema(
        tags=TAGS, operation_id="vehicle_remove", responses={204: OpenApiResponse(description="Removed")}
    )
    def delete(self, request: SignedInRequest, vehicle_id: UUID) -> Response:
        """Remove a car; bookings made with it keep naming it."""
        remove_vehicle(self.own_vehicle(request, vehicle_id), actor=request.user, now=timezone.now())
        return Response(status=204)

    def own_vehicle(self, request: SignedInRequest, vehicle_id: UUID) -> Vehicle:
        return get_object_or_404(vehicles_of(request.user), pk=vehicle_id)


class VehicleModelsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS,
        operation_id="vehicle_models",
        parameters=[VehicleModelsQuery],
        responses=VehicleModelSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Common cars whose make and model hold every word of `q`."""
        state = (catalogue_edition(), request.META["QUERY_STRING"])
        return conditional(request, *state) or self.page(request)

    def page(self, request: SignedInRequest) -> Response:
        found = vehicle_models(read_query(request, VehicleModelsQuery).get("q", ""))
        page = paginate(request, found, ["make", "model", "id"])
        return listed(page, VehicleModelSerializer)
