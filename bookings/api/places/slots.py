"""`GET /slots`: the free starts of the nearest stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import compress
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.places.query import SlotsQuery, duration_of, place_of, window_of, wish_of
from bookings.api.places.schema import NearbySlots
from bookings.availability import Availability, FreeSlots, offers_at
from bookings.places import Nearby, StationFilter, find_stations
from evbooking.core.api.etag import conditional
from evbooking.core.api.json import instant
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from stations.local_time import instant_at

_USUAL_DURATION: Final = timedelta(hours=1)


class SlotsView(ApiView):
    """Two SQL queries for any number of stations, three after a change, one more for a vehicle."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="slots_nearby",
        parameters=[SlotsQuery],
        responses=NearbySlots,
        summary="Free starts of the nearest stations",
        tags=["places"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query, now = read_query(request, SlotsQuery), timezone.now()
        window = window_of(
            query["from"],
            query["to"],
            now=now,
            usual=timedelta(hours=12),
            longest=timedelta(hours=24),
            field="to",
        )
        wish = wish_of(query, request.user)
        near = find_stations(StationFilter(), place=place_of(query), limit=query["limit"])
        availability = Availability(
            offers_at((one.station_id, one.revision) for one in near),
            window=window,
            wish=wish,
            now=now,
            duration=duration_of(query) or _USUAL_DURATION,
        )
        unchanged = conditional(
            request, request.META["QUERY_STRING"], _stamp(near), availability.fingerprint, wish.stamp
        )
        return unchanged or Response({"results": _results(near, availability.free_slots())})


def _stamp(near: Sequence[Nearby]) -> str:
    """Differs when other stations are near, or what one of them offers."""
    return " ".join([f"{one.station_id.int:x}.{one.revision}" for one in near])


def _results(near: Sequence[Nearby], found: Sequence[FreeSlots]) -> list[dict[str, Any]]:
    distance = {one.station_id: one.distance_km or 0.0 for one in near}
    grids = {id(free.free.starts): free.free.starts for free in found}  # stations of one zone share theirs
    texts = {grid: list(map(instant_text, starts.tolist())) for grid, starts in grids.items()}
    return [
        {
            "station": {
                "id": str(free.offer.id),
                "slug": free.offer.slug,
                "name": free.offer.name,
                "latitude": free.offer.latitude,
                "longitude": free.offer.longitude,
                "distance_km": round(distance[free.offer.id], 3),
            },
            "timeslot_increment_minutes": free.increment,
            "starts": list(compress(texts[id(free.free.starts)], free.free.is_open)),
        }
        for free in found
    ]


@lru_cache(maxsize=16_384)
def instant_text(epoch: int) -> str:
    """Epoch seconds as the API writes an instant."""
    return instant(instant_at(epoch))
