"""A sandbox at the browsers' time, a station that is paid there, and slots to pay for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.services.hold import hold_slot
from payments.sandbox.tests.running import SECRET, Running, start
from payments.services.operator_accounts import operator_account
from payments.tests.paying import set_clock
from stations.models import Station
from tests import factories
from tests.browser.paying.steps import Holding
from tests.browser.visitors import Visitors


@pytest.fixture
def sandbox(visitors: Visitors, settings: Settings) -> Iterator[Running]:
    """A sandbox of this test's own; nobody receives its webhooks: the pages ask."""
    running = start("--webhook-secret", SECRET)
    set_clock(running, timezone.now())
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_test_any", "pk_test_any"
    settings.STRIPE_WEBHOOK_SECRET, settings.EVB_PAYMENTS = SECRET, True
    settings.STRIPE_API_BASE = settings.STRIPE_SANDBOX_URL = running.url
    yield running
    running.stop()


@pytest.fixture
def harbour(sandbox: Running, operator: Operator) -> Station:
    """11 kW at 0.50 EUR/kWh, paid online: an hour is 5.50 EUR, and 6.60 EUR are reserved for it."""
    wanted: Any = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    made = sandbox.client().v1.accounts.create({"country": "DE", "capabilities": wanted})
    sandbox.control(f"accounts/{made.id}/onboard")
    account = operator_account(operator, now=timezone.now())
    account.stripe_id, account.charges_enabled, account.payouts_enabled = made.id, True, True
    account.save()
    terms = {"payment": "ONLINE", "late_cancel_share": 40}
    return factories.make_station(operator, name="Harbour", slug="harbour", terms=terms, evses=2)


@pytest.fixture
def holding(harbour: Station, driver: User) -> Holding:
    """`holding(hours=4, minutes=60)`: a slot held for the driver, to be paid."""

    def hold(*, hours: int = 4, minutes: int = 60) -> Booking:
        now = timezone.now()
        begin = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
        end = begin + timedelta(minutes=minutes)
        return hold_slot(driver, station=harbour, start=begin, end=end, now=now)

    return hold
