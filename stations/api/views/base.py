"""What the operations of operators and administrators share."""

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.scoping import Person, Role
from accounts.selectors import operator_ids
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.views import WRITES, ApiView
from evbooking.core.errors import Invalid
from stations.api.serializers.stations import OperatorStationSerializer
from stations.models import Station
from stations.selectors import tariffs_of, with_everything

OPERATORS = ["operators"]
ADMINISTRATORS = ["administrators"]


class BelongsToAnOperator(IsAuthenticated):
    """403 for people who belong to no operator, and for who may change nothing in any of theirs.

    Whether the object named is theirs is asked by the lookup itself, in one query.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        minimum = Role.MANAGER if request.method in WRITES else Role.STAFF
        return operator_ids(request.user, minimum).exists()


class OperatorView(ApiView):
    permission_classes = [BelongsToAnOperator]


class OperatorListView(OperatorView):
    pagination_class = OpaqueCursorPagination


class AdminView(ApiView):
    permission_classes = [IsAdminUser]


class AdminListView(AdminView):
    pagination_class = OpaqueCursorPagination


def station_response(
    station: Station, *, status: int = 200, shape: type[BaseSerializer[Any]] = OperatorStationSerializer
) -> Response:
    """The station as it now is, with everything below it."""
    whole = with_everything(Station.objects.filter(pk=station.pk)).get()
    return Response(shape(whole).data, status=status)


def station_page(
    request: Request, stations: QuerySet[Station], shape: type[BaseSerializer[Any]], ordering: list[str]
) -> HttpResponseBase:
    """A page of stations, read whole only when the client does not know it yet."""
    page = paginate(request, stations, ordering)
    seen = conditional(request, request.META["QUERY_STRING"], *((s.pk, s.revision) for s in page.items))
    if seen:
        return seen
    found = with_everything(Station.objects.filter(pk__in=[station.pk for station in page.items]))
    whole = {station.pk: station for station in found}
    return page.answer([shape(whole[station.pk]).data for station in page.items])


def resolve_tariff(person: Person, fields: dict[str, Any]) -> None:
    """Put the tariff itself in the place of its id. Raises Invalid for one the person does not have."""
    if fields.get("tariff") is None:
        return
    tariff = tariffs_of(person).filter(pk=fields["tariff"]).first()
    if tariff is None:
        raise Invalid.one("tariff", "invalid", "There is no such tariff.")
    fields["tariff"] = tariff
