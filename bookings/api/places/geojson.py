"""`GET /stations.geojson`: pins for maps, anybody's."""

from __future__ import annotations

from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.places.fields import LatitudeField, LongitudeField
from bookings.api.places.query import StationsQuery
from bookings.api.places.schema import FeatureCollection
from bookings.api.places.shapes import price_from_json
from bookings.api.places.stations import filter_of
from bookings.selectors import Box, Pin, pins_in, prices_from
from evbooking.core.api.etag import conditional
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money

MAX_PINS: Final = 5000


@extend_schema_field(OpenApiTypes.STR)
class BoxField(serializers.Field[Box, str, str, Any]):
    """`w,s,e,n` in degrees. Errors: invalid, out_of_range."""

    default_error_messages = {"invalid": "Give west,south,east,north in degrees, like 9.7,53.4,10.3,53.7."}

    def to_internal_value(self, data: Any) -> Box:
        parts = str(data).split(",")
        if len(parts) != 4:
            self.fail("invalid")
        longitude, latitude = LongitudeField(), LatitudeField()
        west, south, east, north = (
            field.run_validation(part)
            for field, part in zip((longitude, latitude, longitude, latitude), parts, strict=True)
        )
        if south > north:
            self.fail("invalid")
        return Box(west, south, east, north)

    def to_representation(self, value: Box) -> str:
        return ",".join(map(str, value))


class GeoJSONQuery(StationsQuery):
    """The box, and those filters of the list that are facts of a station."""

    bbox = BoxField(help_text="west,south,east,north in degrees")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        kept = ("bbox", "q", "connector", "min_power_kw", "operator", "facility", "disabled_bay")
        return {name: fields[name] for name in kept}


class StationsGeoJSONView(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="stations_geojson",
        parameters=[GeoJSONQuery],
        responses=FeatureCollection,
        summary="Stations in a box as GeoJSON points",
        description=f"At most {MAX_PINS}; `truncated` says that there are more.",
        tags=["places"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = read_query(request, GeoJSONQuery)
        pins = pins_in(query["bbox"], filter_of(query), timezone.now(), limit=MAX_PINS + 1)
        versions = {pin.tariff_version_id for pin in pins if pin.tariff_version_id}
        unchanged = conditional(request, request.META["QUERY_STRING"], _stamp(pins))
        return unchanged or Response(_collection(pins, prices_from(versions)))


def _stamp(pins: list[Pin]) -> str:
    """Differs when other stations are in the box, what they offer, or what is free of it."""
    return " ".join([f"{pin.station_id}.{pin.revision}.{pin.available_count}" for pin in pins])


def _collection(pins: list[Pin], prices: dict[Any, Money | None]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [_feature(pin, prices.get(pin.tariff_version_id)) for pin in pins[:MAX_PINS]],
        "truncated": len(pins) > MAX_PINS,
    }


def _feature(pin: Pin, price: Money | None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": pin.station_id,
        "geometry": {"type": "Point", "coordinates": [pin.longitude, pin.latitude]},
        "properties": {
            "id": pin.station_id,
            "slug": pin.slug,
            "name": pin.name,
            "evse_count": pin.evse_count,
            "available_count": pin.available_count,
            "price_from": price_from_json(price),
        },
    }
