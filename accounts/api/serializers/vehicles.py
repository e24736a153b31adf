"""Cars and the catalogue."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.optional import AllOptional
from accounts.models import Vehicle, VehicleModel
from accounts.services.vehicles import FIELDS, MAX_BATTERY_KWH
from evbooking.core.api.fields import DecimalStringField, InstantField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.ocpi import ConnectorType


class VehicleInput(StrictSerializer):
    make = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=80)
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1, min_value=1, max_value=MAX_BATTERY_KWH)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1, min_value=0)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1, min_value=0)
    connectors = serializers.ListField(
        child=serializers.ChoiceField(ConnectorType.choices),
        allow_empty=False,
        max_length=len(ConnectorType),
    )


class VehicleChanges(AllOptional, VehicleInput):
    pass


class VehicleSerializer(serializers.ModelSerializer[Vehicle]):
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1)
    last_updated = InstantField()

    class Meta:
        model = Vehicle
        fields = ["id", *FIELDS, "last_updated"]


class VehicleModelSerializer(serializers.ModelSerializer[VehicleModel]):
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1)

    class Meta:
        model = VehicleModel
        fields = FIELDS


class VehicleModelsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=80)
