"""Connect: onboarding, destination charges, reversals, fees and payouts; both balances add up."""

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import DAY, Running
from payments.sandbox.tests.test_contract import pay


def funds(api: stripe.StripeClient, account: str) -> int:
    """All money of a connected account, pending or not, in cents."""
    balance = api.v1.balance.retrieve({}, {"stripe_account": account})
    return sum(int(item["amount"]) for item in [*balance.available, *balance.pending])


def destination(account: str, fee: int) -> dict[str, object]:
    return {"transfer_data": {"destination": account}, "application_fee_amount": fee}


def test_onboarding_through_the_hosted_page(sandbox: Running, api: stripe.StripeClient) -> None:
    account = api.v1.accounts.create({"country": "DE", "capabilities": {"transfers": {"requested": True}}})
    assert (account.charges_enabled, account.details_submitted) == (False, False)
    link = api.v1.account_links.create(
        {"account": account.id, "type": "account_onboarding", "refresh_url": "https://example.com/again",
         "return_url": "https://example.com/done"}
    )  # fmt: skip
    page = httpx.get(link.url)
    assert (page.status_code, "SANDBOX" in page.text) == (200, True)
    sent = httpx.post(link.url, data={"answer": "complete"})
    assert (sent.status_code, sent.headers["location"]) == (303, "https://example.com/done")
    ready = api.v1.accounts.retrieve(account.id)
    assert (ready.charges_enabled, ready.payouts_enabled, ready.capabilities.transfers) == (
        True,
        True,
        "active",
    )
    assert httpx.get(link.url).headers["location"] == "https://example.com/again"


def test_an_unfinished_account_receives_nothing(api: stripe.StripeClient) -> None:
    account = api.v1.accounts.create({"country": "DE", "capabilities": {"transfers": {"requested": True}}})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(api, "pm_card_visa", **destination(account.id, 100))
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    assert funds(api, account.id) == 0


def test_the_fee_given_at_capture_counts(api: stripe.StripeClient, operator: str) -> None:
    held = pay(api, "pm_card_visa", capture_method="manual", **destination(operator, 125))
    params = {"amount_to_capture": 1000, "application_fee_amount": 100, "expand": ["latest_charge.transfer"]}
    captured = api.v1.payment_intents.capture(held.id, params)  # type: ignore[arg-type]
    charge = captured.latest_charge
    assert (charge.transfer.amount, charge.application_fee_amount) == (1000, 100)
    assert funds(api, operator) == 900
    fee = api.v1.application_fees.retrieve(str(charge.application_fee))
    assert (fee.amount, fee.account, fee.originating_transaction) == (100, operator, charge.id)


def test_what_was_given_back_of_a_fee_is_listed(api: stripe.StripeClient, operator: str) -> None:
    paid = pay(api, "pm_card_visa", expand=["latest_charge"], **destination(operator, 125))
    fee = str(paid.latest_charge.application_fee)
    for cents in (20, 5):
        api.v1.application_fees.refunds.create(fee, {"amount": cents, "metadata": {"refund": f"r{cents}"}})
    pages = api.v1.application_fees.refunds.list(fee, {"limit": 1}).auto_paging_iter()
    listed = [one.to_dict() for one in pages]
    assert [(one["amount"], one["metadata"]["refund"]) for one in listed] == [(5, "r5"), (20, "r20")]


def test_a_partial_refund_takes_its_share_back(api: stripe.StripeClient, operator: str) -> None:
    paid = pay(api, "pm_card_visa", **destination(operator, 125))
    assert funds(api, operator) == 1125
    refund = api.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 500, "reverse_transfer": True, "refund_application_fee": True,
         "expand": ["transfer_reversal"]}
    )  # fmt: skip
    assert refund.transfer_reversal.amount == 500
    assert funds(api, operator) == 1125 - 500 + 50
    api.v1.refunds.create(
        {"payment_intent": paid.id, "reverse_transfer": True, "refund_application_fee": True}
    )
    assert funds(api, operator) == 0


def test_the_platform_keeps_what_the_movements_say(own: Running) -> None:
    api = own.client()
    account = api.v1.accounts.create({"country": "DE", "capabilities": {"transfers": {"requested": True}}})
    own.control(f"accounts/{account.id}/onboard")
    pay(api, "pm_card_visa", **destination(account.id, 125))
    movements = [(item.type, item.net) for item in api.v1.balance_transactions.list().auto_paging_iter()]
    assert movements == [("application_fee", 125), ("transfer", -1250), ("charge", 1250 - 44)]
    assert api.v1.balance.retrieve().pending[0].amount == 125 - 44


def test_a_transfer_is_reversed_at_most_once_over(api: stripe.StripeClient, operator: str) -> None:
    paid = pay(api, "pm_card_visa")
    source = str(paid.latest_charge)
    transfer = api.v1.transfers.create(
        {"amount": 800, "currency": "eur", "destination": operator, "source_transaction": source}
    )
    api.v1.transfers.reversals.create(transfer.id, {"amount": 300})
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.transfers.reversals.create(transfer.id, {"amount": 501})
    assert api.v1.transfers.retrieve(transfer.id).amount_reversed == 300
    assert funds(api, operator) == 500
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.transfers.create(
            {"amount": 451, "currency": "eur", "destination": operator, "source_transaction": source}
        )
    assert refused.value.code == "balance_insufficient"


def test_a_payout_waits_for_available_money_and_arrives_by_the_clock(own: Running) -> None:
    api = own.client()
    account = api.v1.accounts.create({"country": "DE", "capabilities": {"transfers": {"requested": True}}})
    own.control(f"accounts/{account.id}/onboard")
    pay(api, "pm_card_visa", **destination(account.id, 250))
    there: stripe.RequestOptions = {"stripe_account": account.id}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payouts.create({"amount": 1000, "currency": "eur"}, there)
    assert refused.value.code == "balance_insufficient"
    own.advance(2 * DAY)
    payout = api.v1.payouts.create({"amount": 1000, "currency": "eur"}, there)
    assert (payout.status, payout.arrival_date) == ("pending", payout.created + 2 * DAY)
    assert funds(api, account.id) == 0
    own.advance(2 * DAY)
    assert api.v1.payouts.retrieve(payout.id, {}, there).status == "paid"
    own.control(f"payouts/{payout.id}/fail")
    assert api.v1.payouts.retrieve(payout.id, {}, there).failure_code == "account_closed"
    assert funds(api, account.id) == 1000


def test_an_unknown_connected_account_is_refused(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.StripeError) as refused:
        api.v1.balance.retrieve({}, {"stripe_account": "acct_nobody"})
    assert (refused.value.http_status, refused.value.error.code) == (403, "account_invalid")
