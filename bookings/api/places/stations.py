"""`GET /stations` and `GET /stations/{id}`: where one can charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.places.query import StationsQuery, duration_of, place_of, window_of
from bookings.api.places.schema import StationDetail, StationSummary
from bookings.api.places.shapes import station_detail_json, station_json
from bookings.api.places.station_slots import public_offer
from bookings.availability import Wish
from bookings.places import Nearby, StationFilter
from bookings.selectors import FoundStation, FreeTime, describe, search_stations
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate_by_offset
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from stations.models import StationImage


class StationsView(ApiView):
    permission_classes = [AllowAny]
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        operation_id="stations_list",
        parameters=[StationsQuery],
        responses=StationSummary(many=True),
        summary="Search for stations, nearest first when lat and lon are given",
        tags=["places"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query, now = read_query(request, StationsQuery), timezone.now()
        chosen, place = filter_of(query), place_of(query)
        free_time = _free_time(query, now)

        def fetch(offset: int, limit: int) -> Sequence[FoundStation]:
            return search_stations(
                chosen, place=place, now=now, free_time=free_time, offset=offset, limit=limit
            )

        page = paginate_by_offset(request, fetch)
        state = [(one.offer.id, one.offer.revision, one.statuses) for one in page.items]
        unchanged = conditional(request, request.get_full_path(), state, page.next)
        return unchanged or page.answer([station_json(one) for one in page.items])


class StationView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="station_detail",
        responses=StationDetail,
        summary="One station with its EVSEs, tariff and booking terms",
        tags=["places"],
    )
    def get(self, request: Request, station_id: UUID) -> HttpResponseBase:
        offer = public_offer(station_id)
        found = describe([Nearby(offer.id, offer.revision, None)], timezone.now())[0]
        unchanged = conditional(request, offer.id, offer.revision, found.statuses)
        return unchanged or Response(
            station_detail_json(found, StationImage.objects.filter(station_id=station_id))
        )


def filter_of(query: Mapping[str, Any]) -> StationFilter:
    """The facts of stations that a query asks for."""
    return StationFilter(**{name: query[name] for name in _FACTS if name in query})


_FACTS = ("q", "connector", "min_power_kw", "operator", "facility", "disabled_bay", "updated_since")


def _free_time(query: Mapping[str, Any], now: datetime) -> FreeTime | None:
    if "available_from" not in query and "available_to" not in query:
        return None
    window = window_of(
        query.get("available_from"),
        query.get("available_to"),
        now=now,
        usual=timedelta(days=1),
        longest=timedelta(days=14),
        field="available_to",
    )
    wish = Wish(query.get("connector"), min_power_kw=query.get("min_power_kw"))
    return FreeTime(window, wish, duration_of(query))
