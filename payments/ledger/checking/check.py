"""All checks of the books, one after the other; each reads in batches, so that size is no matter."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from payments.gateway import stripe_calls
from payments.ledger.checking.bills import check_bills
from payments.ledger.checking.books import check_books
from payments.ledger.checking.difference import Difference
from payments.ledger.checking.stripe_balance import compare_balance
from payments.ledger.checking.stripe_objects import compare_objects

UNDER_WAY: Final = timedelta(minutes=15)
COMPARED: Final = timedelta(days=60)


def check_ledger(now: datetime, *, since: datetime | None = None) -> list[Difference]:
    """Every difference in the books, of every time, and to Stripe's lists from `since` on (default: 60 days).

    What happened in the last 15 minutes may still be on its way from one place to the other, and is left to the
    next check where that explains it. Raises PaymentProviderUnavailable. Call it outside a transaction.
    """
    settled = now - UNDER_WAY
    found = [*check_books(settled), *check_bills()]
    if settings.EVB_PAYMENTS:
        found += _compare_with_stripe(since or now - COMPARED, settled)
    return found


def _compare_with_stripe(since: datetime, settled: datetime) -> list[Difference]:
    with stripe_calls() as client:
        return [*compare_objects(client, since, settled), *compare_balance(client, since, settled)]
