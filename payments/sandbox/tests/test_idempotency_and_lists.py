"""Idempotency keys, list endpoints, expansion and authentication beyond the contract."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import DAY, Running
from payments.sandbox.tests.test_contract import pay


def test_a_declined_payment_is_replayed_as_declined(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    options: stripe.RequestOptions = {"idempotency_key": f"decline-{customer.id}"}
    params = {"amount": 1250, "currency": "eur", "customer": customer.id, "confirm": True,
              "payment_method": "pm_card_visa_chargeDeclined"}  # fmt: skip
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            api.v1.payment_intents.create(params, options)  # type: ignore[arg-type]
    assert len(api.v1.payment_intents.list({"customer": customer.id}).data) == 1


def test_a_refused_request_does_not_use_its_key_up(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    options: stripe.RequestOptions = {"idempotency_key": f"small-{customer.id}"}
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.create({"amount": 1, "currency": "eur"}, options)
    assert api.v1.payment_intents.create({"amount": 100, "currency": "eur"}, options).amount == 100


def test_a_key_is_forgotten_after_a_day(own: Running) -> None:
    api = own.client()
    first = api.v1.customers.create({}, {"idempotency_key": "daily"})
    own.advance(DAY)
    assert api.v1.customers.create({}, {"idempotency_key": "daily"}).id != first.id


def test_the_same_key_at_once_makes_one_payment(sandbox: Running) -> None:
    customer = sandbox.client().v1.customers.create({})

    def create(_: int) -> str:
        client = sandbox.client()
        params = {"amount": 500, "currency": "eur", "customer": customer.id}
        options = {"idempotency_key": f"race-{customer.id}"}
        return str(client.v1.payment_intents.create(params, options).id)  # type: ignore[arg-type]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(create, range(16)))) == 1


def test_lists_page_forwards_and_backwards(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    made = [
        api.v1.payment_intents.create({"amount": 500 + step, "currency": "eur", "customer": customer.id}).id
        for step in range(5)
    ]
    newest = list(reversed(made))
    paged = api.v1.payment_intents.list({"customer": customer.id, "limit": 2})
    assert ([item.id for item in paged.data], paged.has_more) == (newest[:2], True)
    assert [item.id for item in paged.auto_paging_iter()] == newest
    before = api.v1.payment_intents.list({"customer": customer.id, "limit": 2, "ending_before": newest[3]})
    assert [item.id for item in before.data] == newest[1:3]


def test_lists_filter_by_creation(own: Running) -> None:
    api = own.client()
    early = api.v1.customers.create({})
    own.advance(DAY)
    late = api.v1.customers.create({})
    found = api.v1.customers.list({"created": {"gte": late.created}})
    assert [customer.id for customer in found.data] == [late.id]
    found = api.v1.customers.list({"created": {"lt": late.created}})
    assert [customer.id for customer in found.data] == [early.id]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_out_of_range_is_refused(api: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.customers.list({"limit": limit})
    assert refused.value.param == "limit"


def test_expansion_inside_a_list(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({"name": "Dana"})
    pay(api, "pm_card_visa", customer=customer.id)
    listed = api.v1.payment_intents.list(
        {"customer": customer.id, "expand": ["data.customer", "data.latest_charge.refunds"]}
    )
    assert listed.data[0].customer.name == "Dana"
    assert listed.data[0].latest_charge.refunds.data == []
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.customers.retrieve(customer.id, {"expand": ["colour"]})


@pytest.mark.parametrize("key", ["sk_live_51abc", "nonsense"])
def test_other_keys_open_nothing(sandbox: Running, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        sandbox.client(key).v1.customers.list()
    assert key not in str(refused.value)


def test_an_unknown_path_says_so_and_every_answer_is_loud(sandbox: Running) -> None:
    answer = httpx.get(f"{sandbox.url}/v1/crypto", headers={"Authorization": "Bearer sk_test_any"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
    assert answer.headers["Sandbox"] == "evbooking payment sandbox, no real money"
