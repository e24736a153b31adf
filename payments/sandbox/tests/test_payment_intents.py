"""PaymentIntents beyond the contract: time, increments, cancellation, currencies, publishable keys."""

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import DAY, Running
from payments.sandbox.tests.test_contract import pay


def test_an_authorisation_with_the_customer_present_lasts_seven_days(api: stripe.StripeClient) -> None:
    intent = pay(api, "pm_card_visa", capture_method="manual", expand=["latest_charge"])
    charge = intent.latest_charge
    assert charge.payment_method_details.card.capture_before == charge.created + 7 * DAY


def test_an_off_session_visa_authorisation_lasts_four_days_and_eighteen_hours(
    api: stripe.StripeClient,
) -> None:
    intent = pay(api, "pm_card_visa", capture_method="manual", off_session=True, expand=["latest_charge"])
    charge = intent.latest_charge
    assert charge.payment_method_details.card.capture_before == charge.created + 4 * DAY + 18 * 3600


def test_an_authorisation_that_nobody_captures_expires(own: Running) -> None:
    api = own.client()
    intent = pay(api, "pm_card_visa", capture_method="manual")
    own.advance(7 * DAY - 60)
    assert api.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    own.advance(60)
    expired = api.v1.payment_intents.retrieve(intent.id)
    assert (expired.status, expired.cancellation_reason, expired.amount_capturable) == (
        "canceled",
        "expired",
        0,
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.capture(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert api.v1.balance.retrieve().pending[0].amount == 0


def test_an_increment_is_granted_where_it_was_asked_for(api: stripe.StripeClient) -> None:
    options = {"card": {"request_incremental_authorization": "if_available"}}
    intent = pay(api, "pm_card_visa", capture_method="manual", payment_method_options=options)
    raised = api.v1.payment_intents.increment_authorization(intent.id, {"amount": 2000})
    assert (raised.amount, raised.amount_capturable) == (2000, 2000)
    assert api.v1.payment_intents.capture(intent.id).amount_received == 2000


def test_an_increment_that_was_not_asked_for_is_refused(api: stripe.StripeClient) -> None:
    intent = pay(api, "pm_card_visa", capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.increment_authorization(intent.id, {"amount": 2000})
    assert api.v1.payment_intents.retrieve(intent.id).amount_capturable == 1250


def test_at_most_ten_increments(api: stripe.StripeClient) -> None:
    options = {"card": {"request_incremental_authorization": "if_available"}}
    intent = pay(api, "pm_card_visa", capture_method="manual", payment_method_options=options)
    for step in range(1, 11):
        api.v1.payment_intents.increment_authorization(intent.id, {"amount": 1250 + step})
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.increment_authorization(intent.id, {"amount": 2000})
    assert api.v1.payment_intents.retrieve(intent.id).amount == 1260


def test_cancelling_releases_the_card_and_cannot_follow_success(api: stripe.StripeClient) -> None:
    held = pay(api, "pm_card_visa", capture_method="manual")
    canceled = api.v1.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason, canceled.amount_received) == (
        "canceled",
        "abandoned",
        0,
    )
    paid = pay(api, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.cancel(paid.id)
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("currency", "amount", "fee"),
    [("eur", 1250, 44), ("jpy", 1250, 44), ("kwd", 12_500, 438), ("eur", 50, 26)],
)
def test_the_fee_is_one_and_a_half_percent_and_a_quarter(
    api: stripe.StripeClient, currency: str, amount: int, fee: int
) -> None:
    intent = pay(
        api, "pm_card_visa", amount=amount, currency=currency, expand=["latest_charge.balance_transaction"]
    )
    transaction = intent.latest_charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (amount, fee, amount - fee)


def test_three_decimal_amounts_end_in_zero(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.create({"amount": 12_501, "currency": "kwd"})
    assert refused.value.param == "amount"


def test_a_telephone_confirms_with_the_publishable_key_and_the_secret(sandbox: Running) -> None:
    intent = sandbox.client().v1.payment_intents.create({"amount": 900, "currency": "eur"})
    url = f"{sandbox.url}/v1/payment_intents/{intent.id}"
    headers = {"Authorization": "Bearer pk_test_any"}
    card = {"payment_method_data[type]": "card", "payment_method_data[card][number]": "4242424242424242"}
    wrong = httpx.post(f"{url}/confirm", headers=headers, data={**card, "client_secret": "pi_x_secret_y"})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "client_secret")
    right = httpx.post(
        f"{url}/confirm", headers=headers, data={**card, "client_secret": intent.client_secret}
    )
    assert (right.status_code, right.json()["status"]) == (200, "succeeded")
    assert "4242424242424242" not in right.text
    capture = httpx.post(f"{url}/capture", headers=headers)
    assert (capture.status_code, capture.json()["error"]["code"]) == (403, "secret_key_required")


def test_the_holder_passes_or_fails_3d_secure(sandbox: Running, api: stripe.StripeClient) -> None:
    passed, failed = (pay(api, "pm_card_authenticationRequired") for _ in range(2))
    assert passed.next_action.type == "use_stripe_sdk"
    sandbox.control(f"intents/{passed.id}/challenge", outcome="complete")
    sandbox.control(f"intents/{failed.id}/challenge", outcome="fail")
    assert api.v1.payment_intents.retrieve(passed.id).status == "succeeded"
    refused = api.v1.payment_intents.retrieve(failed.id)
    assert refused.status == "requires_payment_method"
    assert refused.last_payment_error.code == "payment_intent_authentication_failure"
