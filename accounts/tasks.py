"""What beat runs for accounts."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Delete sessions that have ended; Django leaves them in the table."""
    call_command("clearsessions")
