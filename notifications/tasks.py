"""The clock's tasks; when they run stands in evbooking.core.schedule."""

from celery import shared_task
from django.utils import timezone

from notifications.channels import SENDERS
from notifications.personal import forget_old
from notifications.services.announcing import tell_next
from notifications.services.failures import report_failures
from notifications.services.prompts import say_prompts
from notifications.services.sending import send_bulk, send_due
from notifications.services.watches.keeping import forget_expired
from notifications.services.watches.looking import look_at_everything
from notifications.services.webhooks.delivering import deliver_due
from notifications.services.webhooks.queueing import forget_deliveries

WEBHOOKS_AT_ONCE = 4  # one after another, and all of them within the lease of their claims


@shared_task
def say_what_the_clock_says() -> int:
    """Reminders and the like, and to administrators what could not be delivered; returns how many events."""
    now = timezone.now()
    return say_prompts(now) + report_failures(now)


@shared_task
def forget_old_messages() -> int:
    """Delete messages of a year ago, webhooks' logs of a month ago, watches that ended; returns how many."""
    now = timezone.now()
    return forget_old(now) + forget_deliveries(now) + forget_expired(now)


@shared_task
def look_at_watches() -> int:
    """See what the clock alone frees or takes, and what no relay process looked at; returns how many watches."""
    return look_at_everything(timezone.now())


@shared_task
def send_messages() -> int:
    """Announce and send what is due, should no relay process do it; returns how many messages and webhooks."""
    while tell_next():
        pass
    sent = 0
    for channel in SENDERS:
        while batch := send_due(channel):
            sent += batch
    for channel in SENDERS:
        while batch := send_bulk(channel):
            sent += batch
    while batch := deliver_due(WEBHOOKS_AT_ONCE):
        sent += batch
    return sent
