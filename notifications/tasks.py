"""The clock's tasks; when they run stands in evbooking.core.schedule."""

from celery import shared_task
from django.utils import timezone

from notifications.channels import SENDERS
from notifications.personal import forget_old
from notifications.services.failures import report_failures
from notifications.services.prompts import say_prompts
from notifications.services.sending import send_due


@shared_task
def say_what_the_clock_says() -> int:
    """Reminders and the like, and to administrators what could not be delivered; returns how many events."""
    now = timezone.now()
    return say_prompts(now) + report_failures(now)


@shared_task
def forget_old_messages() -> int:
    """Delete messages of more than a year ago; returns how many."""
    return forget_old(timezone.now())


@shared_task
def send_messages() -> int:
    """Send what is due, should no relay process do it; returns how many messages."""
    sent = 0
    for channel in SENDERS:
        while batch := send_due(channel):
            sent += batch
    return sent
