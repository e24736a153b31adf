"""`GET /stations/{id}/slots`: what can be booked at one station, with prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.places.query import StationSlotsQuery, duration_of, window_of, wish_of
from bookings.api.places.schema import StationSlots
from bookings.api.places.slots import instant_text
from bookings.availability import Availability, FreeSlots, Offer, Wish, fittings_of, offer_now, slot_prices
from bookings.ports import SlotsAsked
from bookings.ranking.chances import chances_of
from evbooking.core.api.etag import conditional
from evbooking.core.api.json import decimal_string
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from stations.local_time import instant_at


class StationSlotsView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="station_slots",
        parameters=[StationSlotsQuery],
        responses=StationSlots,
        summary="What can be booked at a station, with prices",
        tags=["places"],
    )
    def get(self, request: Request, station_id: UUID) -> HttpResponseBase:
        offer, now = public_offer(station_id), timezone.now()
        query = read_query(request, StationSlotsQuery)
        window = window_of(
            query.get("date_from"),
            query.get("date_to"),
            now=now,
            usual=timedelta(days=1),
            longest=timedelta(days=14),
            field="date_to",
        )
        wish = wish_of(query, request.user)
        availability = Availability([offer], window=window, wish=wish, now=now, duration=duration_of(query))
        unchanged = conditional(
            request, request.META["QUERY_STRING"], offer.revision, availability.fingerprint, wish.stamp
        )
        return unchanged or Response(_body(availability.free_slots()[0], wish, now))


def public_offer(station_id: UUID) -> Offer:
    """The offer of a station everyone may see. Raises NotFound."""
    offer = offer_now(station_id)
    if offer is None or not offer.is_public:
        raise NotFound
    return offer


def _body(free: FreeSlots, wish: Wish, now: datetime) -> dict[str, Any]:
    return {
        "station": str(free.offer.id),
        "timeslot_increment_minutes": free.increment,
        "results": _slots(free, wish, now),
    }


def _slots(free: FreeSlots, wish: Wish, now: datetime) -> list[dict[str, Any]]:
    """One slot for each start; the price is that of the first unit, which a booking without evse_uid takes."""
    fittings = fittings_of(free.offer, wish)
    columns = free.free.mask.T.tolist()
    lasting = int(free.duration.total_seconds())
    asked = SlotsAsked([unit.id for unit in free.units], free.free.starts, free.free.mask)
    chances = chances_of([asked], now)[0]
    price_of = slot_prices(free.offer, free.duration, vehicle=wish.vehicle)
    slots = []
    for position, (start, column) in enumerate(zip(free.free.starts.tolist(), columns, strict=True)):
        usable = [fitting for fitting, is_free in zip(fittings, column, strict=True) if is_free]
        if usable:
            slots.append(
                {
                    "start": instant_text(start),
                    "end": instant_text(start + lasting),
                    "evse_uids": [fitting.unit.uid for fitting in usable],
                    "min_power_kw": decimal_string(min(fitting.power_kw for fitting in usable)),
                    "quote": price_of(usable[0], instant_at(start)).as_json(),
                    "availability_probability": None if chances is None else float(chances[position]),
                }
            )
    return slots
