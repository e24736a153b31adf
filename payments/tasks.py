"""The clock's tasks of money; when they run stands in evbooking.core.schedule."""

from celery import shared_task
from django.utils import timezone

from payments.services.intake import process_due
from payments.services.ledger_checks import run_ledger_check


@shared_task
def check_books() -> int:
    """Compare the books with bills, rows and Stripe; how many differences there are."""
    return len(run_ledger_check(timezone.now()))


@shared_task
def process_stripe_events() -> int:
    """Work off Stripe's events, should no relay process do it; how many were tried."""
    return process_due(timezone.now())
