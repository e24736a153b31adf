"""An operator's tariffs and their versions."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from accounts.selectors import choose_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from evbooking.core.errors import Invalid
from stations.api.serializers.tariffs import (
    PreviewInput,
    PreviewSerializer,
    TariffChanges,
    TariffInput,
    TariffSerializer,
    TariffsQuery,
    TariffVersionSerializer,
)
from stations.api.views.base import OPERATORS, OperatorListView, OperatorView
from stations.models import Tariff, TariffVersion
from stations.selectors import get_tariff, stations_of, tariffs_of
from stations.services.preview import preview_quote
from stations.services.tariffs import add_version, create_tariff, rename_tariff, restore_version

_EXAMPLE = OpenApiExample(
    "Energy with VAT",
    request_only=True,
    value={
        "name": "Standard",
        "currency": "EUR",
        "tax_included": "YES",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0.59, "vat": 19, "step_size": 1}]}],
    },
)


class TariffsView(OperatorListView):
    may_not_find = True

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_tariffs",
        parameters=[TariffsQuery],
        responses=TariffSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The caller's tariffs, by name, each with the version in force."""
        found = tariffs_of(request.user).filter(**read_query(request, TariffsQuery))
        page = paginate(request, found, ["name", "id"])
        seen = conditional(
            request,
            request.META["QUERY_STRING"],
            *((t.pk, t.last_updated, t.operator.name) for t in page.items),
        )
        return seen or page.answer(list(TariffSerializer(page.items, many=True).data))

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_tariff_create",
        request=TariffInput,
        responses={201: TariffSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: SignedInRequest) -> Response:
        """A new tariff: an OCPI Tariff object with a name."""
        document = read_body(request, TariffInput)
        operator = choose_operator(request.user, document.pop("operator", None), minimum=Role.MANAGER)
        name = document.pop("name")
        tariff = create_tariff(operator, name=name, document=document, actor=request.user)
        return Response(TariffSerializer(tariff).data, status=201)


class TariffView(OperatorView):
    @extend_schema(tags=OPERATORS, operation_id="operator_tariff", responses=TariffSerializer)
    def get(self, request: SignedInRequest, tariff_id: UUID) -> HttpResponseBase:
        """One tariff with the version in force."""
        tariff = get_tariff(request.user, tariff_id)
        seen = conditional(request, tariff.pk, tariff.last_updated, tariff.operator.name)
        return seen or Response(TariffSerializer(tariff).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_tariff_update",
        request=TariffChanges,
        responses=TariffSerializer,
    )
    def patch(self, request: SignedInRequest, tariff_id: UUID) -> Response:
        """Change the name, or the prices: the next version, in force for new bookings at once."""
        tariff = get_tariff(request.user, tariff_id, minimum=Role.MANAGER)
        changes = read_body(request, TariffChanges)
        name = changes.pop("name", None)
        with transaction.atomic():
            if name is not None:
                rename_tariff(tariff, name=name, actor=request.user)
            if changes:
                add_version(tariff, document=_merged(tariff, changes), actor=request.user)
        return Response(TariffSerializer(get_tariff(request.user, tariff_id)).data)


class TariffVersionsView(OperatorListView):
    @extend_schema(
        tags=OPERATORS, operation_id="operator_tariff_versions", responses=TariffVersionSerializer(many=True)
    )
    def get(self, request: SignedInRequest, tariff_id: UUID) -> HttpResponseBase:
        """All versions the tariff ever had, the newest first."""
        tariff = get_tariff(request.user, tariff_id)
        versions = TariffVersion.objects.filter(tariff=tariff).select_related("created_by")
        page = paginate(request, versions, ["-number"])
        names = [version.created_by and version.created_by.get_full_name() for version in page.items]
        seen = conditional(request, tariff.pk, request.META["QUERY_STRING"], page.next, len(names), *names)
        return seen or page.answer(list(TariffVersionSerializer(page.items, many=True).data))


class RestoreVersionView(OperatorView):
    @extend_schema(
        tags=OPERATORS, operation_id="operator_tariff_restore", request=None, responses=TariffSerializer
    )
    def post(self, request: SignedInRequest, tariff_id: UUID, number: int) -> Response:
        """The prices of an old version, as the newest version."""
        tariff = get_tariff(request.user, tariff_id, minimum=Role.MANAGER)
        read_body(request, NothingInput)
        restore_version(tariff, number=number, actor=request.user)
        return Response(TariffSerializer(get_tariff(request.user, tariff_id)).data)


class PreviewView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_tariff_preview",
        request=PreviewInput,
        responses=PreviewSerializer,
    )
    def post(self, request: SignedInRequest, tariff_id: UUID) -> Response:
        """What a stay would cost. Changes nothing."""
        tariff = get_tariff(request.user, tariff_id)
        stay = read_body(request, PreviewInput)
        zone = _zone(request, tariff, stay.pop("station", None))
        version = _version(tariff, stay.pop("version", None))
        return Response(preview_quote(version, zone=zone, **stay))


def _merged(tariff: Tariff, changes: dict[str, Any]) -> dict[str, Any]:
    document = tariff.current.document if tariff.current else {}
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def _zone(request: SignedInRequest, tariff: Tariff, station_id: UUID | None) -> ZoneInfo:
    """The zone of the station named, else of the first that uses the tariff, else UTC."""
    if station_id is None:
        station = tariff.stations.order_by("created_at").first()
        return ZoneInfo(station.time_zone if station else "UTC")
    station = stations_of(request.user).filter(pk=station_id).first()
    if station is None:
        raise Invalid.one("station", "unknown_station", "There is no such station.")
    return ZoneInfo(station.time_zone)


def _version(tariff: Tariff, number: int | None) -> TariffVersion:
    wanted = {"number": number} if number else {"pk": tariff.current_id}
    version = TariffVersion.objects.filter(tariff=tariff, **wanted).first()
    if version is None:
        raise Invalid.one("version", "invalid", "The tariff has no such version.")
    return version
