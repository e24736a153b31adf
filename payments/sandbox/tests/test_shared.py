"""The subset that an independent implementation also knows: sandbox, localstripe and (with a key) Stripe agree."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from payments.sandbox.tests.running import Running


@pytest.fixture(scope="session")
def localstripe() -> Iterator[stripe.StripeClient]:
    launcher = Path(__file__).with_name("on_loopback.py")
    process = subprocess.Popen(
        [sys.executable, "-u", str(launcher)], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    port = re.search(r":(\d+) =", process.stdout.readline())
    assert port is not None
    yield stripe.StripeClient("sk_test_12345", base_addresses={"api": f"http://127.0.0.1:{port[1]}"})
    process.terminate()
    process.wait(10)


@pytest.fixture(params=["sandbox", "localstripe", "stripe"])
def everywhere(request: pytest.FixtureRequest) -> stripe.StripeClient:
    if request.param == "sandbox":
        running: Running = request.getfixturevalue("sandbox")
        return running.client()
    if request.param == "localstripe":
        client: stripe.StripeClient = request.getfixturevalue("localstripe")
        return client
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key.startswith("sk_test_"):
        pytest.skip("STRIPE_TEST_KEY is not set: Stripe's own test mode is not asked")
    return stripe.StripeClient(key)


@pytest.fixture
def customer(everywhere: stripe.StripeClient) -> str:
    return str(everywhere.v1.customers.create({"email": "dana@example.com"}).id)


def authorise(client: stripe.StripeClient, customer: str, **more: object) -> stripe.PaymentIntent:
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    params = {
        "amount": 1250,
        "currency": "eur",
        "customer": customer,
        "payment_method": method.id,
        "confirm": True,
    }
    return client.v1.payment_intents.create(
        {**params, "payment_method_types": ["card"], **more}  # type: ignore[typeddict-item]
    )


def test_an_attached_card_is_listed(everywhere: stripe.StripeClient, customer: str) -> None:
    method = everywhere.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    (listed,) = everywhere.v1.payment_methods.list({"customer": customer, "type": "card"}).data
    assert (listed.id, listed.card.last4, listed.customer) == (method.id, "4242", customer)


def test_a_partial_capture_counts_the_rest_as_given_back(
    everywhere: stripe.StripeClient, customer: str
) -> None:
    held = authorise(everywhere, customer, capture_method="manual")
    assert held.status == "requires_capture"
    captured = everywhere.v1.payment_intents.capture(
        held.id, {"amount_to_capture": 1000, "expand": ["latest_charge"]}
    )
    charge = captured.latest_charge
    assert (captured.status, charge.amount, charge.amount_refunded) == ("succeeded", 1250, 250)
    assert (charge.captured, charge.refunded) == (True, False)


def test_a_cancelled_authorisation_is_canceled(everywhere: stripe.StripeClient, customer: str) -> None:
    held = authorise(everywhere, customer, capture_method="manual")
    assert everywhere.v1.payment_intents.cancel(held.id).status == "canceled"


def test_refunds_add_up_on_the_charge(everywhere: stripe.StripeClient, customer: str) -> None:
    paid = authorise(everywhere, customer)
    first = everywhere.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    assert (first.status, first.amount) == ("succeeded", 1000)
    everywhere.v1.refunds.create({"payment_intent": paid.id, "amount": 250})
    charge = everywhere.v1.payment_intents.retrieve(paid.id, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.amount_refunded, charge.refunded) == (1250, True)


def test_what_does_not_exist_is_404(everywhere: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        everywhere.v1.customers.retrieve("cus_doesnotexist")
    assert refused.value.http_status == 404
