"""Customers, PaymentMethods, SetupIntents and ephemeral keys."""

import pytest
import stripe

from payments.sandbox.tests.running import Running
from payments.sandbox.tests.test_contract import pay


def test_cards_are_attached_listed_and_detached(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({"email": "dana@example.com"})
    first = api.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    second = api.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert [method.id for method in api.v1.customers.payment_methods.list(customer.id)] == [
        second.id,
        first.id,
    ]
    assert (first.card.last4, second.card.brand) == ("4242", "mastercard")
    api.v1.payment_methods.detach(first.id)
    assert [method.id for method in api.v1.customers.payment_methods.list(customer.id)] == [second.id]
    with pytest.raises(stripe.InvalidRequestError):
        pay(api, first.id, customer=customer.id)


def test_a_card_of_another_customer_pays_nothing(api: stripe.StripeClient) -> None:
    one, other = (api.v1.customers.create({}) for _ in range(2))
    method = api.v1.payment_methods.attach("pm_card_visa", {"customer": one.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(api, method.id, customer=other.id)
    assert refused.value.param == "payment_method"
    assert api.v1.payment_intents.list({"customer": other.id}).data == []


def test_a_card_set_up_with_its_holder_pays_off_session_later(
    sandbox: Running, api: stripe.StripeClient
) -> None:
    customer = api.v1.customers.create({})
    setup = api.v1.setup_intents.create(
        {"customer": customer.id, "payment_method": "pm_card_authenticationRequiredOnSetup", "confirm": True}
    )
    assert setup.status == "requires_action"
    sandbox.control(f"intents/{setup.id}/challenge", outcome="complete")
    done = api.v1.setup_intents.retrieve(setup.id)
    assert done.status == "succeeded"
    paid = pay(api, str(done.payment_method), customer=customer.id, off_session=True)
    assert paid.status == "succeeded"


def test_the_same_card_not_set_up_needs_its_holder(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    method = api.v1.payment_methods.attach("pm_card_authenticationRequiredOnSetup", {"customer": customer.id})
    with pytest.raises(stripe.CardError) as refused:
        pay(api, method.id, customer=customer.id, off_session=True)
    assert refused.value.code == "authentication_required"


def test_a_declining_card_is_not_saved(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    setup = api.v1.setup_intents.create({"customer": customer.id})
    with pytest.raises(stripe.CardError):
        api.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    refused = api.v1.setup_intents.retrieve(setup.id)
    assert (refused.status, refused.last_setup_error.decline_code) == (
        "requires_payment_method",
        "generic_decline",
    )
    assert api.v1.customers.payment_methods.list(customer.id).data == []


@pytest.mark.parametrize(
    ("number", "code", "decline"),
    [
        ("4242424242424241", "incorrect_number", None),
        ("4111111111111111", "card_declined", "test_mode_live_card"),
    ],
)
def test_only_test_cards_are_taken(
    api: stripe.StripeClient, number: str, code: str, decline: str | None
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        api.v1.payment_methods.create(
            {"type": "card", "card": {"number": number, "exp_month": 1, "exp_year": 2034}}
        )
    assert refused.value.code == code
    assert decline == getattr(refused.value.error, "decline_code", None)


def test_a_deleted_customer_is_answered_as_deleted(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    api.v1.customers.delete(customer.id)
    assert api.v1.customers.retrieve(customer.id).deleted is True


def test_an_ephemeral_key_belongs_to_one_customer(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    key = api.v1.ephemeral_keys.create({"customer": customer.id}, {"stripe_version": "2026-10-28.endive"})
    assert key.secret.startswith("ek_test_")
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.ephemeral_keys.create({"customer": "cus_nobody"}, {"stripe_version": "2026-10-28.endive"})
