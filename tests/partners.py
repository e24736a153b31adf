"""What the world has of webhooks: an endpoint of the operator's, and a delivery of it that was given up."""

from datetime import datetime
from uuid import uuid4

from accounts.models import Operator
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.webhooks.sealing import seal_secret
from notifications.webhooks.signing import new_secret

URL = "https://8.8.8.8/hooks"  # an address: nobody is asked for a name, and nothing is sent in these tests


def make_webhook(operator: Operator, now: datetime) -> dict[str, str]:
    """Its ids by the names of paths."""
    endpoint_id = uuid4()
    endpoint = WebhookEndpoint.objects.create(
        id=endpoint_id,
        operator=operator,
        url=URL,
        description="Our planning",
        events=["booking.created", "booking.canceled"],
        sealed_secret=seal_secret(endpoint_id, new_secret()),
        created_at=now,
        last_updated=now,
    )
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint,
        event_id=1,
        type="booking.created",
        subject="booking:ABCDEFGH",
        sequence=1,
        body='{"specversion":"1.0","id":"1"}',
        state=WebhookDelivery.State.FAILED,
        attempts=1,
        error="It answered 410.",
        next_attempt_at=now,
        created_at=now,
    )
    WebhookAttempt.objects.create(delivery=delivery, at=now, status_code=410, latency_ms=12, answer="Gone.")
    return {"webhook": str(endpoint.pk), "webhook_delivery": str(delivery.pk)}
