"""`GET /operator/reports/demand`: sessions to expect at each station, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from bookings.selectors.demand import StationDemand, expected_demand
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.spreadsheets import csv_answer

_HEAD = ["station_id", "name", "kind", *(f"{hour:02d}" for hour in range(24))]


class DemandQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=64, required=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"format": serializers.ChoiceField(["json", "csv"], default="json")}


class HoursField(serializers.ListField):
    """Sessions expected to begin in each of the 24 hours of the site's clock."""

    child = serializers.FloatField(min_value=0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=24, max_length=24, **kwargs)


class StationDemandShape(serializers.Serializer[Any]):
    station_id = serializers.UUIDField()
    name = serializers.CharField()
    weekday = HoursField()
    weekend = HoursField()


class DemandShape(serializers.Serializer[Any]):
    operator = serializers.UUIDField()
    results = StationDemandShape(many=True)


class DemandView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_demand",
        parameters=[DemandQuery],
        responses={
            (200, "application/json"): DemandShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The same, a row a station and kind of day"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Expected sessions of each station by hour, on weekdays and at weekends; refitted every night."""
        query = read_query(request, DemandQuery)
        operator = choose_operator(request.user, query.get("operator"))
        found = expected_demand(operator)
        if query["format"] == "csv":
            return csv_answer("demand", _HEAD, (row for one in found for row in _rows(one)))
        return Response({"operator": operator.pk, "results": [asdict(one) for one in found]})


def _rows(one: StationDemand) -> Iterator[list[Any]]:
    yield [one.station_id, one.name, "weekday", *one.weekday]
    yield [one.station_id, one.name, "weekend", *one.weekend]
