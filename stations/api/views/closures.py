"""Closures of an operator's stations."""

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.errors import Invalid, NotFound
from stations.api.serializers.closures import ClosureInput, ClosureSerializer, ClosuresQuery
from stations.api.views.base import OPERATORS, OperatorListView, OperatorView
from stations.models import EVSE, Station
from stations.selectors import closures_of, get_closure, get_station
from stations.services.closures import cancel_closure, close


class ClosuresView(OperatorListView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_closures",
        parameters=[ClosuresQuery],
        responses=ClosureSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Closures of the caller's stations, the latest first; canceled ones too."""
        found = closures_of(request.user).filter(**read_query(request, ClosuresQuery))
        page = paginate(request, found, ["-start", "id"])
        state = ((closure.pk, closure.canceled_at) for closure in page.items)
        seen = conditional(request, request.META["QUERY_STRING"], page.next, *state)
        return seen or page.answer(list(ClosureSerializer(page.items, many=True).data))

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_closure_add",
        request=ClosureInput,
        responses={201: ClosureSerializer},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Close a station, or one EVSE of it, for a while."""
        fields = read_body(request, ClosureInput)
        station = _station(request, fields.pop("station"))
        evse = _evse(station, fields.pop("evse_uid", None))
        closure = close(station, evse=evse, actor=request.user, **fields)
        return Response(ClosureSerializer(closure).data, status=201)


class ClosureView(OperatorView):
    @extend_schema(tags=OPERATORS, operation_id="operator_closure", responses=ClosureSerializer)
    def get(self, request: SignedInRequest, closure_id: UUID) -> HttpResponseBase:
        """One closure, also a past or a canceled one."""
        closure = get_closure(request.user, closure_id)
        seen = conditional(request, closure.pk, closure.canceled_at)
        return seen or Response(ClosureSerializer(closure).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_closure_cancel",
        request=None,
        responses={204: OpenApiResponse(description="Open again from now on")},
    )
    def delete(self, request: SignedInRequest, closure_id: UUID) -> Response:
        """Cancel the closure. 409 `wrong_state` where it is over or canceled."""
        cancel_closure(get_closure(request.user, closure_id, minimum=Role.MANAGER), actor=request.user)
        return Response(status=204)


def _station(request: SignedInRequest, station_id: UUID) -> Station:
    """The station named in the body. Raises Forbidden, Invalid (`unknown_station`)."""
    try:
        return get_station(request.user, station_id, minimum=Role.MANAGER)
    except NotFound:
        raise Invalid.one("station", "unknown_station", "There is no such station.") from None


def _evse(station: Station, uid: str | None) -> EVSE | None:
    if uid is None:
        return None
    evse = EVSE.objects.present().filter(station=station, uid=uid).first()
    if evse is None:
        raise Invalid.one("evse_uid", "invalid", "The station has no such EVSE.")
    return evse
