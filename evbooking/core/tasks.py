"""The core's work in the background; how often stands in schedule.py."""

from celery import shared_task
from django.utils import timezone

from evbooking.core import idempotency, pruning
from evbooking.core.relay import relay
from evbooking.core.seals import seal_entries


@shared_task
def relay_events() -> int:
    """Take events to their subscribers, should no relay process do it; returns how many deliveries were done."""
    return relay()


@shared_task
def seal_audit() -> int:
    """Seal the audit entries written since the last time; returns how many."""
    return seal_entries()


@shared_task
def forget_idempotency_keys() -> int:
    """Delete idempotency keys older than 24 hours; returns how many."""
    return idempotency.forget_expired(timezone.now())


@shared_task
def prune_events() -> int:
    """Delete old deliveries and events; returns how many rows."""
    return pruning.prune(timezone.now())
