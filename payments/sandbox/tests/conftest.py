"""One sandbox for all tests of a run; every test makes its own customers and payments in it."""

import os
from collections.abc import Iterator

import pytest
import stripe

from payments.sandbox.tests.running import SECRET, Receiver, Running, receiving, start


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Running]:
    running = start()
    yield running
    running.stop()


@pytest.fixture
def api(sandbox: Running) -> stripe.StripeClient:
    return sandbox.client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def own(receiver: Receiver) -> Iterator[Running]:
    """A sandbox of this test's own, whose deliveries rest until the test flushes them."""
    running = start("--webhook-url", receiver.url, "--webhook-secret", SECRET)
    running.control("webhooks", paused="true")
    yield running
    running.stop()


@pytest.fixture(params=["sandbox", "stripe"])
def anywhere(request: pytest.FixtureRequest) -> stripe.StripeClient:
    """The same test against the sandbox and, with STRIPE_TEST_KEY set, against Stripe's own test mode."""
    if request.param == "sandbox":
        running: Running = request.getfixturevalue("sandbox")
        return running.client()
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key.startswith("sk_test_"):
        pytest.skip("STRIPE_TEST_KEY is not set: Stripe's own test mode is not asked")
    return stripe.StripeClient(key)


@pytest.fixture
def operator(sandbox: Running, api: stripe.StripeClient) -> str:
    """The id of a connected account whose onboarding is finished, paid out by hand."""
    account = api.v1.accounts.create(
        {
            "country": "DE",
            "capabilities": {"transfers": {"requested": True}, "card_payments": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        }
    )
    sandbox.control(f"accounts/{account.id}/onboard")
    return str(account.id)
