"""Telling administrators that something could not be delivered: at most once an hour, and only while it is so."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from evbooking.core import events
from evbooking.core.dead_letters import dead_letters
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.models import DomainEvent
from notifications.selectors import failed_lately

TYPE: Final = "outbox.failures"
EVERY: Final = timedelta(hours=1)


@transaction.atomic
def report_failures(now: datetime) -> bool:
    """Publish how many deliveries are dead and messages failed within the hour, if any; whether it did."""
    advisory_xact_lock("notifications.failures")
    dead, failed = dead_letters().count(), failed_lately()
    lately = DomainEvent.objects.filter(type=TYPE, occurred_at__gt=now - EVERY)
    if not (dead or failed) or lately.exists():
        return False
    events.publish(TYPE, subject="outbox:failures", data={"dead": dead, "failed": failed}, now=now)
    return True
