"""What administrators see of stations, and what they decide."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.serializers import ReasonInput
from accounts.api.views.requests import SignedInRequest
from evbooking.core.api.etag import conditional
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from stations.api.serializers.stations import AdminStationsQuery, ReviewedStationSerializer
from stations.api.views.base import (
    ADMINISTRATORS,
    AdminListView,
    AdminView,
    station_page,
    station_response,
)
from stations.models import Station
from stations.selectors import stations_for_decision
from stations.services import approval


class AdminStationsView(AdminListView):
    @extend_schema(
        tags=ADMINISTRATORS,
        operation_id="admin_stations",
        parameters=[AdminStationsQuery],
        responses=ReviewedStationSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """All stations, the longest unchanged first: with `approval=SUBMITTED` the queue of decisions."""
        query = read_query(request, AdminStationsQuery)
        found = stations_for_decision(approval=query.get("approval", ""), words=query.get("q", ""))
        if "updated_since" in query:
            found = found.filter(last_updated__gte=query["updated_since"])
        return station_page(request, found, ReviewedStationSerializer, ["last_updated", "id"])


class AdminStationView(AdminView):
    @extend_schema(tags=ADMINISTRATORS, operation_id="admin_station", responses=ReviewedStationSerializer)
    def get(self, request: SignedInRequest, station_id: UUID) -> HttpResponseBase:
        """One station with the history of its approval."""
        station = get_object_or_404(Station, pk=station_id)
        seen = conditional(request, station.pk, station.revision)
        return seen or station_response(station, shape=ReviewedStationSerializer)


class ApproveStationView(AdminView):
    @extend_schema(
        tags=ADMINISTRATORS,
        operation_id="admin_station_approve",
        request=None,
        responses=ReviewedStationSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """SUBMITTED > APPROVED: public and bookable at once. SUSPENDED > APPROVED lifts a suspension.

        409 `wrong_state` from any other state, and where the station is no longer complete.
        """
        station = get_object_or_404(Station, pk=station_id)
        read_body(request, NothingInput)
        suspended = station.approval == Station.Approval.SUSPENDED
        decide = approval.reinstate if suspended else approval.approve
        return station_response(decide(station, actor=request.user), shape=ReviewedStationSerializer)


class RejectStationView(AdminView):
    @extend_schema(
        tags=ADMINISTRATORS,
        operation_id="admin_station_reject",
        request=ReasonInput,
        responses=ReviewedStationSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """SUBMITTED > REJECTED, with the reason the operator is told. 409 `wrong_state`."""
        station = get_object_or_404(Station, pk=station_id)
        decided = approval.reject(station, actor=request.user, **read_body(request, ReasonInput))
        return station_response(decided, shape=ReviewedStationSerializer)


class SuspendStationView(AdminView):
    @extend_schema(
        tags=ADMINISTRATORS,
        operation_id="admin_station_suspend",
        request=ReasonInput,
        responses=ReviewedStationSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """APPROVED > SUSPENDED: no longer public or bookable. 409 `wrong_state`."""
        station = get_object_or_404(Station, pk=station_id)
        decided = approval.suspend(station, actor=request.user, **read_body(request, ReasonInput))
        return station_response(decided, shape=ReviewedStationSerializer)
