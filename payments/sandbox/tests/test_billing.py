"""Products, Prices, Subscriptions and Invoices: the operators' own plan, renewed and dunned by the clock."""

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import DAY, Running


def monthly(api: stripe.StripeClient, amount: int = 4900) -> str:
    product = api.v1.products.create({"name": "Pro"})
    price = api.v1.prices.create(
        {"product": product.id, "unit_amount": amount, "currency": "eur", "recurring": {"interval": "month"}}
    )
    return str(price.id)


def customer_with(api: stripe.StripeClient, card: str) -> str:
    customer = api.v1.customers.create({})
    method = api.v1.payment_methods.attach(card, {"customer": customer.id})
    api.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    return str(customer.id)


def test_a_subscription_is_paid_at_once_and_renewed_each_month(own: Running) -> None:
    api = own.client()
    customer = customer_with(api, "pm_card_visa")
    made = api.v1.subscriptions.create({"customer": customer, "items": [{"price": monthly(api)}]})
    assert made.status == "active"
    own.advance(32 * DAY)
    invoices = api.v1.invoices.list({"subscription": made.id}).data
    assert [(item.billing_reason, item.status, item.amount_paid) for item in invoices] == [
        ("subscription_cycle", "paid", 4900),
        ("subscription_create", "paid", 4900),
    ]
    item = api.v1.subscriptions.retrieve(made.id)["items"].data[0]
    assert item.current_period_start == invoices[0].period_start


def test_the_first_invoice_may_wait_for_the_customer(api: stripe.StripeClient) -> None:
    customer = api.v1.customers.create({})
    made = api.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": monthly(api)}], "payment_behavior": "default_incomplete",
         "expand": ["latest_invoice.confirmation_secret"]}
    )  # fmt: skip
    secret = made.latest_invoice.confirmation_secret.client_secret
    assert made.status == "incomplete"
    api.v1.payment_intents.confirm(secret.partition("_secret_")[0], {"payment_method": "pm_card_visa"})
    assert api.v1.subscriptions.retrieve(made.id).status == "active"
    assert api.v1.invoices.retrieve(made.latest_invoice.id).status == "paid"


def test_a_card_that_stops_working_makes_it_past_due_and_ends_it_after_four_tries(own: Running) -> None:
    api = own.client()
    customer = customer_with(api, "pm_card_visa")
    made = api.v1.subscriptions.create({"customer": customer, "items": [{"price": monthly(api)}]})
    broken = api.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    api.v1.subscriptions.update(made.id, {"default_payment_method": broken.id})
    own.advance(32 * DAY)
    assert api.v1.subscriptions.retrieve(made.id).status == "past_due"
    own.advance(10 * DAY)
    ended = api.v1.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (ended.latest_invoice.status, ended.latest_invoice.attempt_count) == ("open", 4)


def test_cancelling_at_the_end_of_the_period_bills_nothing_more(own: Running) -> None:
    api = own.client()
    made = api.v1.subscriptions.create(
        {"customer": customer_with(api, "pm_card_visa"), "items": [{"price": monthly(api)}]}
    )
    api.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    own.advance(32 * DAY)
    assert api.v1.subscriptions.retrieve(made.id).status == "canceled"
    assert len(api.v1.invoices.list({"subscription": made.id}).data) == 1


def test_an_error_if_incomplete_leaves_no_running_subscription(api: stripe.StripeClient) -> None:
    customer = customer_with(api, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        api.v1.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price": monthly(api)}],
                "payment_behavior": "error_if_incomplete",
            }
        )
    assert api.v1.subscriptions.list({"customer": customer}).data == []


def test_a_new_price_counts_from_the_next_invoice(own: Running) -> None:
    api = own.client()
    made = api.v1.subscriptions.create(
        {"customer": customer_with(api, "pm_card_visa"), "items": [{"price": monthly(api)}]}
    )
    item = made["items"].data[0].id
    api.v1.subscriptions.update(made.id, {"items": [{"id": item, "price": monthly(api, 9900)}]})
    own.advance(32 * DAY)
    assert [invoice.total for invoice in api.v1.invoices.list({"subscription": made.id})] == [9900, 4900]


def test_the_card_that_paid_first_is_kept_for_renewals_where_that_was_asked_for(own: Running) -> None:
    api = own.client()
    customer = api.v1.customers.create({})
    made = api.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": monthly(api)}], "payment_behavior": "default_incomplete",
         "payment_settings": {"save_default_payment_method": "on_subscription"},
         "expand": ["latest_invoice.confirmation_secret"]}
    )  # fmt: skip
    intent = made.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]
    paid = api.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert api.v1.subscriptions.retrieve(made.id).default_payment_method == paid.payment_method
    own.advance(32 * DAY)
    assert [item.status for item in api.v1.invoices.list({"subscription": made.id}).data] == ["paid", "paid"]


def test_an_invoice_has_a_page(sandbox: Running, api: stripe.StripeClient) -> None:
    customer = customer_with(api, "pm_card_visa")
    made = api.v1.subscriptions.create({"customer": customer, "items": [{"price": monthly(api)}]})
    told = api.v1.invoices.retrieve(str(made.latest_invoice))
    shown = httpx.get(str(told.hosted_invoice_url))
    assert shown.status_code == 200
    assert "49.00 EUR" in shown.text
    assert "1 × Pro" in shown.text
