"""What we rely on at Stripe: the same tests run against Stripe's own test mode when STRIPE_TEST_KEY is set."""

from uuid import uuid4

import pytest
import stripe


def pay(client: stripe.StripeClient, method: str, **more: object) -> stripe.PaymentIntent:
    params = {"amount": 1250, "currency": "eur", "payment_method": method, "payment_method_types": ["card"]}
    return client.v1.payment_intents.create({**params, "confirm": True, **more})  # type: ignore[typeddict-item]


def test_a_card_that_works_pays_at_once(anywhere: stripe.StripeClient) -> None:
    intent = pay(anywhere, "pm_card_visa", expand=["latest_charge.balance_transaction"])
    charge = intent.latest_charge
    assert (intent.status, intent.amount_received, intent.amount_capturable) == ("succeeded", 1250, 0)
    assert (charge.captured, charge.paid, charge.amount_captured) == (True, True, 1250)
    transaction = charge.balance_transaction
    assert transaction.net == transaction.amount - transaction.fee


def test_a_partial_capture_releases_the_rest(anywhere: stripe.StripeClient) -> None:
    intent = pay(anywhere, "pm_card_visa", capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1250)
    captured = anywhere.v1.payment_intents.capture(
        intent.id, {"amount_to_capture": 1000, "expand": ["latest_charge"]}
    )
    assert (captured.status, captured.amount, captured.amount_received) == ("succeeded", 1250, 1000)
    assert (captured.latest_charge.amount_captured, captured.latest_charge.amount_refunded) == (1000, 250)


def test_more_than_was_authorised_is_not_captured(anywhere: stripe.StripeClient) -> None:
    intent = pay(anywhere, "pm_card_visa", capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        anywhere.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1251})
    assert refused.value.param == "amount_to_capture"
    assert anywhere.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


@pytest.mark.parametrize(
    ("method", "code", "decline"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_declined_card_leaves_the_intent_open_for_another(
    anywhere: stripe.StripeClient, method: str, code: str, decline: str | None
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        pay(anywhere, method)
    error = refused.value.error
    assert (refused.value.http_status, error.code) == (402, code)
    assert decline in {None, error.decline_code}
    intent = anywhere.v1.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    again = anywhere.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert again.status == "succeeded"


def test_a_card_with_3d_secure_asks_for_its_holder(anywhere: stripe.StripeClient) -> None:
    intent = pay(anywhere, "pm_card_authenticationRequired", return_url="https://example.com/back")
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    assert intent.next_action.redirect_to_url.return_url == "https://example.com/back"


def test_an_off_session_payment_that_needs_its_holder_is_declined(anywhere: stripe.StripeClient) -> None:
    customer = anywhere.v1.customers.create({})
    method = anywhere.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer.id})
    with pytest.raises(stripe.CardError) as refused:
        pay(anywhere, method.id, customer=customer.id, off_session=True)
    assert refused.value.code == "authentication_required"


def test_a_refund_above_what_is_left_is_refused(anywhere: stripe.StripeClient) -> None:
    intent = pay(anywhere, "pm_card_visa")
    refund = anywhere.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    assert (refund.status, refund.amount) == ("succeeded", 1000)
    with pytest.raises(stripe.InvalidRequestError):
        anywhere.v1.refunds.create({"payment_intent": intent.id, "amount": 251})
    anywhere.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        anywhere.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"


def test_the_same_key_answers_the_same_and_another_request_is_refused(anywhere: stripe.StripeClient) -> None:
    key = f"evbooking-test-{uuid4()}"
    made = [
        anywhere.v1.payment_intents.create({"amount": 700, "currency": "eur"}, {"idempotency_key": key})
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert made[1].last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        anywhere.v1.payment_intents.create({"amount": 701, "currency": "eur"}, {"idempotency_key": key})


def test_what_does_not_exist_is_resource_missing(anywhere: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        anywhere.v1.payment_intents.retrieve("pi_doesnotexist")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 49, "currency": "eur"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "eur"}, "amount_too_large", "amount"),
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({"amount": 500, "currency": "eur", "colour": "red"}, "parameter_unknown", "colour"),
    ],
)
def test_bad_parameters_are_named(
    anywhere: stripe.StripeClient, params: dict[str, object], code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        anywhere.v1.payment_intents.create(params)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.param) == (code, param)


def test_metadata_merges_and_an_empty_value_deletes(anywhere: stripe.StripeClient) -> None:
    customer = anywhere.v1.customers.create({"metadata": {"booking": "7", "old": "x"}})
    updated = anywhere.v1.customers.update(customer.id, {"metadata": {"old": "", "new": "y"}})
    assert updated.metadata.to_dict() == {"booking": "7", "new": "y"}
