"""The answers of places as the OpenAPI document shows them; the views write them without serializers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.api.bookings.shapes import AcceptedTermsShape
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.ocpi import ConnectorFormat, ConnectorType, Facility, PowerType, Status

Shape = serializers.Serializer[Any]


class OperatorName(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ConnectorCount(Shape):
    standard = serializers.ChoiceField(ConnectorType.choices)
    count = serializers.IntegerField(help_text="EVSEs with this standard")
    max_power_kw = DecimalStringField(max_digits=7, decimal_places=3)


class PriceFrom(Shape):
    per_kwh = MoneyField()


class StationSummary(Shape):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    operator = OperatorName()
    address = serializers.CharField()
    city = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-3")
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    time_zone = serializers.CharField(help_text="IANA name")
    distance_km = serializers.FloatField(allow_null=True)
    max_power_kw = DecimalStringField(max_digits=7, decimal_places=3)
    evse_count = serializers.IntegerField()
    available_count = serializers.IntegerField(help_text="EVSEs shown AVAILABLE now")
    connectors = ConnectorCount(many=True)
    price_from = PriceFrom(allow_null=True)
    opening_times = serializers.DictField(help_text="OCPI Hours")
    status = serializers.ChoiceField(
        Status.choices, help_text="the best its EVSEs can do; REMOVED: public no longer"
    )
    last_updated = InstantField()


class PlaceConnector(Shape):
    id = serializers.CharField(help_text="unique in its EVSE")
    standard = serializers.ChoiceField(ConnectorType.choices)
    format = serializers.ChoiceField(ConnectorFormat.choices)
    power_type = serializers.ChoiceField(PowerType.choices)
    max_power_kw = DecimalStringField(max_digits=7, decimal_places=3)


class PlaceEvse(Shape):
    uid = serializers.CharField()
    evse_id = serializers.CharField(allow_null=True)
    physical_reference = serializers.CharField(allow_null=True)
    floor_level = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    status_since = InstantField(allow_null=True)
    stale = serializers.BooleanField(help_text="its charger has been silent for too long to be believed")
    disabled_bay = serializers.BooleanField()
    connectors = PlaceConnector(many=True)
    bookable = serializers.BooleanField()


class PlaceImage(Shape):
    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class StationDetail(StationSummary):
    evses = PlaceEvse(many=True)
    tariff = serializers.DictField(
        allow_null=True, help_text="OCPI Tariff, with idle_grace_minutes and idle_cap"
    )
    booking_terms = AcceptedTermsShape(allow_null=True)
    facilities = serializers.ListField(child=serializers.ChoiceField(Facility.choices))
    images = PlaceImage(many=True)


class Slot(Shape):
    start = InstantField()
    end = InstantField()
    evse_uids = serializers.ListField(child=serializers.CharField(), help_text="a booking takes the first")
    min_power_kw = DecimalStringField(max_digits=7, decimal_places=3)
    quote = MoneyField()
    availability_probability = serializers.FloatField(
        allow_null=True,
        help_text="that one of these EVSEs really is free at the start: nobody overstays, no fault",
    )


class StationSlots(Shape):
    station = serializers.UUIDField()
    timeslot_increment_minutes = serializers.IntegerField()
    results = Slot(many=True)


class NearbyStation(Shape):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    distance_km = serializers.FloatField()


class NearbyStarts(Shape):
    station = NearbyStation()
    timeslot_increment_minutes = serializers.IntegerField()
    starts = serializers.ListField(child=InstantField())


class NearbySlots(Shape):
    results = NearbyStarts(many=True)


class Point(Shape):
    type = serializers.ChoiceField(["Point"])
    coordinates = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class PinProperties(Shape):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    evse_count = serializers.IntegerField()
    available_count = serializers.IntegerField()
    price_from = PriceFrom(allow_null=True)


class PinFeature(Shape):
    type = serializers.ChoiceField(["Feature"])
    id = serializers.UUIDField()
    geometry = Point()
    properties = PinProperties()


class FeatureCollection(Shape):
    type = serializers.ChoiceField(["FeatureCollection"])
    features = PinFeature(many=True)
    truncated = serializers.BooleanField()
