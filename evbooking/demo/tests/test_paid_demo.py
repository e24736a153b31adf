"""With the sandbox the demo is really paid: every part of money is there, and the books agree with Stripe's lists."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone
from pytest_django import Settings

from bookings.models import Booking
from payments.ledger.checking import check_ledger
from payments.models import (
    BookingAccount,
    Dispute,
    Document,
    LedgerTransaction,
    OperatorAccount,
    Payment,
    Payout,
    Refund,
)
from payments.sandbox.tests.running import SECRET, Running, start
from stations.models import BookingTerms, Station


@pytest.fixture
def sandbox(settings: Settings, tmp_path: Path) -> Iterator[Running]:
    settings.MEDIA_ROOT = tmp_path
    running = start("--webhook-secret", SECRET)
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_any", SECRET
    settings.STRIPE_API_BASE = settings.STRIPE_SANDBOX_URL = running.url
    settings.EVB_PAYMENTS = True
    yield running
    running.stop()


def test_the_demo_is_paid_and_its_books_are_clean(db: None, sandbox: Running) -> None:
    out = StringIO()
    call_command("demo_data", stdout=out)
    assert "paid online" in out.getvalue()

    online = BookingTerms.objects.filter(payment="ONLINE")
    assert online.count() > Station.objects.count() * 2 / 3
    assert set(online.values_list("security", flat=True)) == {"AUTHORISATION", "PREPAYMENT", "DEPOSIT"}
    assert BookingTerms.objects.filter(payment="ON_SITE").exists()
    assert all(account.is_ready and account.payouts_enabled for account in OperatorAccount.objects.all())

    assert BookingAccount.objects.count() > 20
    secured = set(BookingAccount.Strategy) - {BookingAccount.Strategy.AFTERWARDS}
    assert set(BookingAccount.objects.values_list("strategy", flat=True)) == secured
    assert set(BookingAccount.objects.values_list("state", flat=True)) == {"OPEN", "SETTLED"}
    assert {"CAPTURED", "AUTHORISED", "CANCELED", "SAVED"} <= set(
        Payment.objects.values_list("status", flat=True)
    )
    assert set(Refund.objects.values_list("reason", flat=True)) == {"TERMS", "GOODWILL"}
    assert Dispute.objects.count() == 1
    assert Payout.objects.filter(status=Payout.Status.PAID).exists()
    assert set(Document.objects.values_list("kind", flat=True)) == {"INVOICE", "RECEIPT", "CREDIT_NOTE"}
    kinds = dict(LedgerTransaction.objects.values_list("kind").annotate(n=Count("pk")))
    assert {"BILL", "CAPTURE", "REFUND", "TRANSFER", "REVERSAL", "STRIPE_FEE", "DISPUTE", "PAYOUT"} <= set(
        kinds
    )
    own = Booking.objects.filter(driver__email="driver@example.org", account__isnull=False)
    assert {"COMPLETED", "CANCELED", "RESERVED"} == set(own.values_list("status", flat=True))

    assert check_ledger(timezone.now()) == []
    call_command("demo_data", stdout=out)
    assert "already there" in out.getvalue()
