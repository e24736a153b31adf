"""Queueing what an endpoint chose to hear: a row per event and endpoint, in the relay's own transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.pumps import wake_after_commit
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.selectors.webhooks import listening_for
from notifications.webhooks.catalogue import public_name
from notifications.webhooks.envelope import envelope

PUMP: Final = "webhooks"
KEPT: Final = timedelta(days=30)
State = WebhookDelivery.State


def queue_event(event: DomainEvent, *, now: datetime) -> int:
    """Queue an event of ours for everyone who chose it; returns how many. An event queued before is not again."""
    name = public_name(event.type, event.data)
    endpoints = listening_for(name, event=event) if name else []
    return queue(event, name, endpoints, now=now) if name and endpoints else 0


def queue(event: DomainEvent, name: str, endpoints: Sequence[WebhookEndpoint], *, now: datetime) -> int:
    """Queue one event under its public name for these endpoints. Needs a transaction."""
    body = envelope(event, name)
    rows = [
        WebhookDelivery(
            endpoint=endpoint,
            event_id=event.pk,
            type=name,
            subject=event.subject,
            sequence=event.sequence,
            body=body,
            next_attempt_at=now,
            created_at=now,
        )
        for endpoint in endpoints
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    wake_after_commit(PUMP)
    return len(rows)


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, actor: User, now: datetime) -> WebhookDelivery:
    """Send it again: the same body under the same id, with all its tries before it. Raises WrongState.

    What follows of its subject waits for it again, what has arrived already does not.
    """
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    if endpoint.state != WebhookEndpoint.State.ACTIVE:
        raise WrongState("Enable the webhook first.")
    over = WebhookDelivery.objects.filter(pk=delivery.pk, state__in=[State.DELIVERED, State.FAILED])
    if not over.update(state=State.QUEUED, next_attempt_at=now, trying_since=None, error=""):
        raise WrongState("It is on its way.")
    audit.record(
        "webhook.redeliver", target=delivery, actor=actor, before={"state": delivery.state}, after=None
    )
    wake_after_commit(PUMP)
    delivery.refresh_from_db()
    return delivery


def forget_deliveries(now: datetime) -> int:
    """Delete the log of what was over a month ago; returns how many deliveries."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT, state__in=[State.DELIVERED, State.FAILED])
    _, counts = old.delete()
    return counts.get("notifications.WebhookDelivery", 0)
