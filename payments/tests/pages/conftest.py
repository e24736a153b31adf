"""Pages of payments against a sandbox process over HTTP; nobody receives its webhooks, states are asked for."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from payments.sandbox.tests.running import Running, start


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    made = start()
    yield made
    made.stop()


@pytest.fixture
def sandbox(running: Running, settings: Settings) -> Running:
    """The sandbox, and the settings with which it answers instead of Stripe."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_test_any", "pk_test_any"
    settings.STRIPE_API_BASE = settings.STRIPE_SANDBOX_URL = running.url
    settings.EVB_PAYMENTS = True
    return running


@pytest.fixture
def page(client: Client, driver: User) -> Client:
    client.force_login(driver)
    return client
