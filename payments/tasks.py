"""The clock's tasks of money; when they run stands in evbooking.core.schedule."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from payments.models import BookingAccount
from payments.services import sweeping
from payments.services.disputes import sweep_disputes
from payments.services.intake import process_due
from payments.services.ledger_checks import run_ledger_check
from payments.services.payouts import pay_out_due, retry_failed, sweep_payouts
from payments.services.plans import sweep_plans
from payments.services.settling import settle_account, settle_due


@shared_task
def check_books() -> int:
    """Compare the books with bills, rows and Stripe; how many differences there are."""
    return len(run_ledger_check(timezone.now()))


@shared_task
def process_stripe_events() -> int:
    """Work off Stripe's events, should no relay process do it; how many were tried."""
    return process_due(timezone.now())


@shared_task
def sweep_holds() -> int:
    """End the holds whose time is over and whose payment is under way; how many."""
    return sweeping.sweep_holds(timezone.now())


@shared_task
def sweep_payments() -> int:
    """Ask about payments and refunds that nobody told about; how many."""
    now = timezone.now()
    return sweeping.sweep_payments(now) + sweeping.sweep_refunds(now)


@shared_task
def authorise_cards() -> int:
    """Authorise the saved cards that are due, remind and end bookings whose card failed; how many."""
    now = timezone.now()
    return sweeping.authorise_due(now) + sweeping.remind_failed(now)


@shared_task
def pay_out_operators() -> int:
    """The weekly payouts; how many were made."""
    return pay_out_due(timezone.now())


@shared_task
def follow_operators() -> int:
    """Ask about accounts, payouts and plans that nobody told about, and try failed payouts on new bank accounts.

    Returns how many.
    """
    now = timezone.now()
    return sweeping.sweep_accounts(now) + sweep_payouts(now) + retry_failed(now) + sweep_plans(now)


@shared_task
def settle_booking(account: str) -> str:
    """Settle one booking's account as soon as it is due; the state it is in then."""
    return settle_account(BookingAccount.objects.get(pk=UUID(account)), now=timezone.now()).state


@shared_task
def settle_accounts() -> int:
    """Settle what is due, and ask the cards of drivers who owe again; how many."""
    return settle_due(timezone.now())


@shared_task
def follow_disputes() -> int:
    """Ask about the disputes that nobody told about; how many are open."""
    return sweep_disputes(timezone.now())
