"""The sandbox as a receiver: what the demo shows was signed, and is there once."""

from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Operator, User
from notifications.models import WebhookDelivery
from notifications.services.webhooks.delivering import deliver_due
from notifications.services.webhooks.endpoints import create_webhook, ping
from notifications.services.webhooks.queueing import redeliver
from notifications.tests.running import Running

pytestmark = pytest.mark.django_db


def test_the_sandbox_takes_signed_events_and_keeps_each_once(
    sandbox: Running, operator: Operator, owner: User, settings: Any
) -> None:
    settings.EVB_WEBHOOK_LOOPBACK = True
    now = timezone.now()
    endpoint = create_webhook(
        operator, url=f"{sandbox.url}/hooks/planning", events=["booking.created"], actor=owner, now=now
    )
    delivery = ping(endpoint, actor=owner, now=now)
    sandbox.fault("hook", status=503)
    deliver_due(1)
    WebhookDelivery.objects.update(next_attempt_at=now)
    deliver_due(1)
    redeliver(WebhookDelivery.objects.get(), actor=owner, now=now)
    deliver_due(1)
    (hook,) = sandbox.received()["hooks"]
    assert (hook["id"], hook["type"]) == (str(delivery.event_id), "org.evbooking.webhook.ping.v1")
    assert list(WebhookDelivery.objects.get().tries.order_by("pk").values_list("status_code", flat=True)) == [
        503,
        200,
        200,
    ]
    assert "org.evbooking.webhook.ping.v1" in Client().get("/sandbox/outbox/").content.decode()


@pytest.mark.parametrize("body", [b"{}", b"x", b"[]", b'{"type":"a"}'])
def test_the_sandbox_refuses_what_is_not_signed(sandbox: Running, body: bytes) -> None:
    assert httpx.post(f"{sandbox.url}/hooks/planning", content=body).status_code == 400
    assert sandbox.received()["hooks"] == []
