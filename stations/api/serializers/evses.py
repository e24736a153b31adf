"""Shapes of EVSEs, connectors and parking places."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.optional import AllOptional
from evbooking.core.api.fields import DecimalStringField, InstantField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.ocpi import ConnectorFormat, ConnectorType, PowerType
from stations.models import EVSE, Connector, ParkingPlace

PARKING_FIELDS = [
    "physical_reference",
    "vehicle_types",
    "max_vehicle_height",
    "max_vehicle_length",
    "max_vehicle_width",
]
EVSE_FIELDS = ["evse_id", "physical_reference", "floor_level", "walk_in_only"]


class ConnectorInput(StrictSerializer):
    """One connector; give its power, or voltage and amperage."""

    id = serializers.CharField(max_length=36, required=False, help_text="default: its place in the list")
    standard = serializers.ChoiceField(ConnectorType.choices)
    format = serializers.ChoiceField(ConnectorFormat.choices, required=False)
    power_type = serializers.ChoiceField(PowerType.choices)
    max_power_kw = DecimalStringField(max_digits=7, decimal_places=3, min_value=0, required=False)
    max_voltage = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="V, line to neutral for AC"
    )
    max_amperage = serializers.IntegerField(min_value=1, max_value=10_000, required=False, help_text="A")


class OperatorConnectorSerializer(serializers.ModelSerializer[Connector]):
    id = serializers.CharField(source="connector_id")
    max_power_kw = DecimalStringField(max_digits=10, decimal_places=3, source="power_kw")

    class Meta:
        model = Connector
        fields = ["id", "standard", "format", "power_type", "max_power_kw", "max_voltage", "max_amperage"]


class EvseChanges(StrictSerializer, serializers.ModelSerializer[EVSE]):
    parking_places = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=50, help_text="ids of the station's places"
    )
    connectors: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ConnectorInput(), required=False, max_length=10, help_text="always the whole list"
    )

    class Meta:
        model = EVSE
        fields = [*EVSE_FIELDS, "parking_places", "connectors"]


class EvseInput(EvseChanges):
    uid = serializers.CharField(
        max_length=36, required=False, help_text="unique for ever; made where not given"
    )

    class Meta(EvseChanges.Meta):
        fields = ["uid", *EvseChanges.Meta.fields]


class OperatorEvseSerializer(serializers.ModelSerializer[EVSE]):
    """`inhibits`: the causes that keep it out of service."""

    inhibits = serializers.ListField(child=serializers.ChoiceField(EVSE.Inhibit.choices))
    parking_places = serializers.SerializerMethodField()
    connectors = OperatorConnectorSerializer(many=True)
    last_updated = InstantField()

    class Meta:
        model = EVSE
        fields = ["uid", *EVSE_FIELDS, "inhibits", "parking_places", "connectors", "last_updated"]

    def get_parking_places(self, evse: EVSE) -> list[str]:
        return [str(place.pk) for place in evse.parking_places.all()]


class InhibitInput(StrictSerializer):
    cause = serializers.ChoiceField(EVSE.Inhibit.choices)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ParkingPlaceInput(StrictSerializer, serializers.ModelSerializer[ParkingPlace]):
    class Meta:
        model = ParkingPlace
        fields = PARKING_FIELDS


class ParkingPlaceChanges(AllOptional, ParkingPlaceInput):
    pass


class ParkingPlaceSerializer(serializers.ModelSerializer[ParkingPlace]):
    """A bay; sizes in cm."""

    is_disabled_bay = serializers.BooleanField()

    class Meta:
        model = ParkingPlace
        fields = ["id", *PARKING_FIELDS, "is_disabled_bay"]
