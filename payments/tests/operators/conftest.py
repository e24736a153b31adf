"""Operators' money against a sandbox of our own process, over HTTP: its webhooks rest, states are asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import pytest_django
import stripe

from accounts.models import Operator, User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running, start
from payments.services.onboarding import Details, save_details, start_onboarding, sync_operator_account
from payments.tests.conftest import use

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
"""Before the sandbox's clock, which goes with the real one."""
DETAILS: Details = {
    "legal_name": "Nordström Ladenetz GmbH",
    "street": "Jungfernstieg 1",
    "postal_code": "20095",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE 123 456 789",
    "code": "nord",
    "currency": "EUR",
}


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    made = start()
    yield made
    made.stop()


@pytest.fixture
def sandbox(running: Running, settings: pytest_django.Settings) -> Running:
    """The sandbox, and the settings with which it answers instead of Stripe. Tests move its clock forward."""
    return use(running, settings)


@pytest.fixture
def stripe_api(sandbox: Running) -> stripe.StripeClient:
    return sandbox.client()


@pytest.fixture
def opened(sandbox: Running, operator: Operator, owner: User) -> OperatorAccount:
    """The operator's account, its form at Stripe not filled in yet."""
    save_details(operator, actor=owner, now=NOW, **DETAILS)
    start_onboarding(
        operator,
        actor=owner,
        return_url="http://localhost/done",
        refresh_url="http://localhost/again",
        now=NOW,
    )
    return OperatorAccount.objects.select_related("operator").get(pk=operator.pk)


@pytest.fixture
def ready(sandbox: Running, opened: OperatorAccount) -> OperatorAccount:
    """The operator's account, finished: it can be paid and paid out."""
    sandbox.control(f"accounts/{opened.stripe_id}/onboard")
    return sync_operator_account(opened, now=NOW)
