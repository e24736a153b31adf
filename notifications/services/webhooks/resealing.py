"""Sealing the secrets of webhooks again after a change of SECRET_KEY, so that the one before can be forgotten."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from evbooking.core import vault
from notifications.models import WebhookEndpoint
from notifications.webhooks.sealing import open_secret, seal_secret


@dataclass(slots=True)
class Resealed:
    """How many endpoints are sealed under today's key, and the ids of those that no key opens."""

    sealed: int = 0
    unreadable: list[UUID] = field(default_factory=list)


def reseal_secrets(*, now: datetime) -> Resealed:
    """Each endpoint in a transaction of its own; a previous secret that signs no more is forgotten."""
    done = Resealed()
    for endpoint_id in WebhookEndpoint.objects.order_by("pk").values_list("pk", flat=True):
        try:
            done.sealed += _reseal(endpoint_id, now)
        except vault.Unreadable:
            done.unreadable.append(endpoint_id)
    return done


@transaction.atomic
def _reseal(endpoint_id: UUID, now: datetime) -> bool:
    """False where it was removed meanwhile."""
    found = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if found is None:
        return False
    found.sealed_secret = seal_secret(endpoint_id, found.secret)
    signs = found.previous_secret_until is not None and now < found.previous_secret_until
    previous = open_secret(endpoint_id, found.sealed_previous_secret) if signs else None
    found.sealed_previous_secret = seal_secret(endpoint_id, previous) if previous else b""
    found.save(update_fields=["sealed_secret", "sealed_previous_secret"])
    return True
