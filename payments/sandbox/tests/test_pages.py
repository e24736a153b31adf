"""The pages a browser sees: paying without JavaScript, 3-D Secure, saving a card."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import Running

BACK = "https://shop.example/back?booking=7"


@pytest.fixture
def intent(api: stripe.StripeClient) -> stripe.PaymentIntent:
    return api.v1.payment_intents.create({"amount": 1250, "currency": "eur", "capture_method": "manual"})


def pay_url(sandbox: Running, secret: str | None) -> str:
    return f"{sandbox.url}/_sandbox/pay/{secret}"


def test_paying_by_form_leads_back_as_stripe_does(
    sandbox: Running, api: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    page = httpx.get(pay_url(sandbox, intent.client_secret), params={"return_url": BACK})
    assert "Pay 12.50 EUR" in page.text
    assert "no real money" in page.text
    assert "<script" not in page.text
    sent = httpx.post(
        pay_url(sandbox, intent.client_secret), data={"number": "4242 4242 4242 4242", "return_url": BACK}
    )
    assert sent.status_code == 303
    query = parse_qs(urlsplit(sent.headers["location"]).query)
    assert (query["booking"], query["payment_intent"], query["redirect_status"]) == (
        ["7"],
        [intent.id],
        ["succeeded"],
    )
    assert api.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_a_declined_card_shows_the_form_again(
    sandbox: Running, api: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    sent = httpx.post(pay_url(sandbox, intent.client_secret), data={"number": "4000000000009995"})
    assert (sent.status_code, "Your card has insufficient funds." in sent.text) == (402, True)
    refused = api.v1.payment_intents.retrieve(intent.id)
    assert refused.last_payment_error.decline_code == "insufficient_funds"


@pytest.mark.parametrize(
    ("answer", "status", "redirect"),
    [("complete", "requires_capture", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
def test_3d_secure_is_a_page_in_between(
    sandbox: Running,
    api: stripe.StripeClient,
    intent: stripe.PaymentIntent,
    answer: str,
    status: str,
    redirect: str,
) -> None:
    sent = httpx.post(
        pay_url(sandbox, intent.client_secret), data={"number": "4000002760003184", "return_url": BACK}
    )
    challenge = sent.headers["location"].replace("localhost", "127.0.0.1")
    assert "is this you?" in httpx.get(challenge).text
    back = httpx.post(challenge, data={"answer": answer})
    assert f"redirect_status={redirect}" in back.headers["location"]
    assert api.v1.payment_intents.retrieve(intent.id).status == status


def test_a_saved_card_is_offered_and_pays(sandbox: Running, api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    setup = api.v1.setup_intents.create({"customer": customer.id})
    httpx.post(pay_url(sandbox, setup.client_secret), data={"number": "4242424242424242"})
    (card,) = api.v1.customers.payment_methods.list(customer.id).data
    intent = api.v1.payment_intents.create({"amount": 900, "currency": "eur", "customer": customer.id})
    assert card.id in httpx.get(pay_url(sandbox, intent.client_secret)).text
    httpx.post(pay_url(sandbox, intent.client_secret), data={"payment_method": card.id})
    assert api.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_wrong_secret_and_a_bad_return_address_are_refused(
    sandbox: Running, api: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    assert httpx.get(pay_url(sandbox, f"{intent.id}_secret_wrong")).status_code == 404
    form = {"number": "4242424242424242", "return_url": "javascript:alert(1)"}
    assert httpx.post(pay_url(sandbox, intent.client_secret), data=form).status_code == 400
    assert api.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
