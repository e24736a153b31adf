"""Operators that can be paid: `python -m benchmarks.payees` gives each an account at the sandbox in use."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
django.setup()

import httpx  # noqa: E402
import stripe  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Operator  # noqa: E402
from payments.services.operator_accounts import operator_account  # noqa: E402


def make_payees(url: str) -> int:
    """Connect every operator to the sandbox at `url`, whatever it was connected to before; how many there are."""
    client = stripe.StripeClient("sk_test_bench", base_addresses={"api": url})
    for operator in Operator.objects.all():
        made = client.v1.accounts.create(
            {"country": "DE", "capabilities": {"transfers": {"requested": True}}}
        )
        httpx.post(f"{url}/_sandbox/accounts/{made.id}/onboard").raise_for_status()
        with transaction.atomic():
            account = operator_account(operator, now=timezone.now())
            account.stripe_id, account.charges_enabled, account.payouts_enabled = made.id, True, True
            account.save()
    return Operator.objects.count()


if __name__ == "__main__":
    make_payees(settings.STRIPE_API_BASE)
