"""JSON shapes of what api.md calls "Told"."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer
from notifications.models import Notification


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """A message of the inbox; `link` is the path of the page it is about."""

    link = serializers.CharField(source="path")
    created_at = InstantField()
    read_at = InstantField(allow_null=True)

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "text", "link", "data", "created_at", "read_at"]


class ReadInput(StrictSerializer):
    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=200, help_text="all, if omitted"
    )


class UnreadSerializer(serializers.Serializer[object]):
    unread = serializers.IntegerField(min_value=0)


class ChannelsSerializer(serializers.Serializer[object]):
    inbox = serializers.BooleanField()
    email = serializers.BooleanField()
    sms = serializers.BooleanField()
    push = serializers.BooleanField()


class KindSerializer(serializers.Serializer[object]):
    kind = serializers.CharField()
    title = serializers.CharField()
    channels = ChannelsSerializer()
    always = serializers.ListField(child=serializers.CharField(), help_text="cannot be switched off")


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time on the person's clock, HH:MM. JSON Schema's format "time" would ask for an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class PreferencesSerializer(serializers.Serializer[object]):
    quiet_from = ClockField(allow_null=True)
    quiet_until = ClockField(allow_null=True)
    digest = serializers.BooleanField()
    kinds = KindSerializer(many=True)
    vapid_public_key = serializers.CharField(help_text='for subscribing to web push; "" where there is none')


class PreferencesInput(StrictSerializer):
    """`kinds` is {kind: {channel: on}}; what is not named stays."""

    quiet_from = ClockField(required=False, allow_null=True)
    quiet_until = ClockField(required=False, allow_null=True)
    digest = serializers.BooleanField(required=False)
    kinds = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField()), required=False
    )


class KeysInput(StrictSerializer):
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)


class DeviceInput(StrictSerializer):
    """A PushSubscription as browsers give it in JSON, and a name for people."""

    endpoint = serializers.CharField(max_length=500)
    keys = KeysInput()
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)


class DeviceRemovalInput(StrictSerializer):
    endpoint = serializers.CharField(max_length=500)


class DeviceSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    endpoint = serializers.CharField()
    name = serializers.CharField()
