"""Operators' accounts that Stripe has not let through yet, and that no webhook told about."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import Q

from payments.models import OperatorAccount
from payments.services.onboarding import sync_operator_account
from payments.services.sweeping.batches import BATCH, each, has_rested

ASK_AFTER: Final = timedelta(minutes=10)
AT_LEAST: Final = timedelta(days=1)


def sweep_accounts(now: datetime) -> int:
    """Ask about accounts that cannot be paid, or paid out, yet; how many.

    One is asked about after ASK_AFTER, then each time when it has waited twice as long, and AT_LEAST once a day.
    """
    waiting = OperatorAccount.objects.exclude(stripe_id=None).exclude(
        charges_enabled=True, payouts_enabled=True
    )
    quiet = waiting.filter(last_updated__lte=now - ASK_AFTER)
    due = quiet.filter(has_rested(now) | Q(last_updated__lte=now - AT_LEAST)).order_by("last_updated")
    return each(due.select_related("operator")[:BATCH], partial(_ask, now=now))


def _ask(account: OperatorAccount, *, now: datetime) -> None:
    sync_operator_account(account, now=now)
    OperatorAccount.objects.filter(pk=account.pk).update(last_updated=now)
