"""An operator's stations: create, read, edit, submit."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from accounts.selectors import choose_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from evbooking.core.errors import Invalid
from stations.api.serializers.stations import (
    OperatorStationSerializer,
    OwnStationsQuery,
    StationChanges,
    StationInput,
)
from stations.api.views.base import (
    OPERATORS,
    OperatorListView,
    OperatorView,
    resolve_tariff,
    station_page,
    station_response,
)
from stations.models import Station
from stations.selectors import get_station, stations_of
from stations.services import approval
from stations.services.editing import create_station, set_terms, update_station
from stations.services.validation import below


class OwnStationsView(OperatorListView):
    may_not_find = True

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_stations",
        parameters=[OwnStationsQuery],
        responses=OperatorStationSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The caller's stations, by name, whatever their approval."""
        query = read_query(request, OwnStationsQuery)
        found = stations_of(request.user)
        if "updated_since" in query:
            query["last_updated__gte"] = query.pop("updated_since")
        return station_page(request, found.filter(**query), OperatorStationSerializer, ["name", "id"])

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_station_create",
        request=StationInput,
        responses={201: OperatorStationSerializer},
    )
    def post(self, request: SignedInRequest) -> Response:
        """A new station, DRAFT, with default booking terms unless they are given."""
        fields = read_body(request, StationInput)
        operator = choose_operator(request.user, fields.pop("operator", None), minimum=Role.MANAGER)
        resolve_tariff(request.user, fields)
        terms = fields.pop("booking_terms", {})
        with transaction.atomic():
            station = create_station(operator, actor=request.user, **fields)
            _set_terms(station, request, terms)
        return station_response(station, status=201)


class OwnStationView(OperatorView):
    @extend_schema(tags=OPERATORS, operation_id="operator_station", responses=OperatorStationSerializer)
    def get(self, request: SignedInRequest, station_id: UUID) -> HttpResponseBase:
        """One station with its EVSEs, parking places, terms and pictures."""
        station = get_station(request.user, station_id)
        return conditional(request, station.pk, station.revision) or station_response(station)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_station_update",
        request=StationChanges,
        responses=OperatorStationSerializer,
    )
    def patch(self, request: SignedInRequest, station_id: UUID) -> Response:
        """Change what is given. An approved station stays approved."""
        station = get_station(request.user, station_id, minimum=Role.MANAGER)
        changes = read_body(request, StationChanges)
        resolve_tariff(request.user, changes)
        terms = changes.pop("booking_terms", {})
        with transaction.atomic():
            update_station(station, actor=request.user, **changes)
            _set_terms(station, request, terms)
        return station_response(station)


class SubmitStationView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_station_submit",
        request=None,
        responses=OperatorStationSerializer,
    )
    def post(self, request: SignedInRequest, station_id: UUID) -> Response:
        """DRAFT or REJECTED > SUBMITTED. 422 names what is missing, 409 `wrong_state`."""
        station = get_station(request.user, station_id, minimum=Role.MANAGER)
        read_body(request, NothingInput)
        return station_response(approval.submit(station, actor=request.user))


def _set_terms(station: Station, request: SignedInRequest, terms: dict[str, Any]) -> None:
    """Set what is given of the terms; errors are named below `booking_terms`."""
    if not terms:
        return
    try:
        set_terms(station, actor=request.user, **terms)
    except Invalid as invalid:
        raise Invalid(below("booking_terms", invalid.errors)) from invalid
