"""JSON shapes of webhooks and their log."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from evbooking.core.api.fields import InstantField
from evbooking.core.api.json import instant
from evbooking.core.api.serializers import StrictSerializer
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.models.webhook import MAX_URL
from notifications.webhooks.catalogue import EVENTS

_ID_LENGTH = 64


def _event() -> serializers.ChoiceField:
    return serializers.ChoiceField(list(EVENTS))


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint, without its secret; `disabled_reason` is "" while it is ACTIVE."""

    operator = serializers.UUIDField(source="operator_id")
    events = serializers.ListField(child=_event())
    disabled_at = InstantField(allow_null=True)
    previous_secret_until = InstantField(allow_null=True, help_text="until then the secret before signs, too")
    failing_since = InstantField(allow_null=True, help_text="the first failure after the last success")
    created_at = InstantField()
    last_updated = InstantField()

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "operator",
            "url",
            "description",
            "events",
            "state",
            "disabled_reason",
            "disabled_at",
            "previous_secret_until",
            "failing_since",
            "created_at",
            "last_updated",
        ]


class WebhookWithSecret(WebhookSerializer):
    """Told once: when it is made, and when it is rotated."""

    secret = serializers.CharField(help_text="whsec_ and 32 bytes in base64, as Standard Webhooks has it")

    class Meta:
        model = WebhookEndpoint
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookInput(StrictSerializer):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)
    url = serializers.CharField(max_length=MAX_URL, help_text="https, at a host of the public internet")
    events = serializers.ListField(child=_event(), allow_empty=False)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class WebhookChanges(StrictSerializer):
    """What is not named stays."""

    url = serializers.CharField(max_length=MAX_URL, required=False)
    events = serializers.ListField(child=_event(), allow_empty=False, required=False)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    state = serializers.ChoiceField(WebhookEndpoint.State.choices, required=False)


class WebhooksQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)


class DeliveriesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(WebhookDelivery.State.choices, required=False)


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """`answer` is the first kilobyte of the body, as text; `status_code` is null where nobody answered."""

    at = InstantField()

    class Meta:
        model = WebhookAttempt
        fields = ["at", "status_code", "latency_ms", "answer", "error"]


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """`event` is the id in the body and in the header webhook-id."""

    event = serializers.CharField(source="event_id")
    next_attempt_at = serializers.SerializerMethodField()
    created_at = InstantField()
    delivered_at = InstantField(allow_null=True)
    attempts = AttemptSerializer(source="tries", many=True)

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "event",
            "type",
            "subject",
            "state",
            "error",
            "next_attempt_at",
            "created_at",
            "delivered_at",
            "attempts",
        ]

    @extend_schema_field(InstantField(allow_null=True, help_text="while QUEUED"))
    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        queued = delivery.state == WebhookDelivery.State.QUEUED
        return instant(delivery.next_attempt_at) if queued else None
