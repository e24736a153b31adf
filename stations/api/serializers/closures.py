"""Shapes of closures."""

from typing import Any

from rest_framework import serializers

from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer
from stations.models import Closure


class ClosureInput(StrictSerializer):
    """[start, end) in which the station, or the one EVSE named, is closed."""

    station = serializers.UUIDField()
    evse_uid = serializers.CharField(max_length=36, required=False)
    start = InstantField()
    end = InstantField()
    reason = serializers.CharField(max_length=200)


class ClosureSerializer(serializers.ModelSerializer[Closure]):
    station = serializers.UUIDField(source="station_id")
    evse_uid = serializers.CharField(source="evse.uid", allow_null=True, default=None)
    start = InstantField()
    end = InstantField()
    created_at = InstantField()
    canceled_at = InstantField(allow_null=True)

    class Meta:
        model = Closure
        fields = ["id", "station", "evse_uid", "start", "end", "reason", "created_at", "canceled_at"]


class ClosuresQuery(serializers.Serializer[Any]):
    station = serializers.UUIDField(required=False)
