"""Refunds and disputes move money both ways and leave events."""

import pytest
import stripe

from payments.sandbox.tests.running import Running
from payments.sandbox.tests.test_contract import pay


def total(api: stripe.StripeClient) -> int:
    balance = api.v1.balance.retrieve()
    return sum(int(item["amount"]) for item in [*balance.available, *balance.pending])


def dispute_of(api: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Dispute:
    return api.v1.disputes.list({"payment_intent": intent.id}).data[0]


@pytest.mark.parametrize(("outcome", "left"), [("won", 1250 - 44), ("lost", -44 - 2000)])
def test_a_dispute_withdraws_amount_and_fee_until_it_is_won(own: Running, outcome: str, left: int) -> None:
    api = own.client()
    intent = pay(api, "pm_card_createDispute", expand=["latest_charge"])
    dispute = dispute_of(api, intent)
    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 1250, "fraudulent")
    assert total(api) == -44 - 2000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    own.control(f"disputes/{dispute.id}/close", outcome=outcome)
    assert (api.v1.disputes.retrieve(dispute.id).status, total(api)) == (outcome, left)


def test_evidence_that_convinces_wins(api: stripe.StripeClient) -> None:
    dispute = dispute_of(api, pay(api, "pm_card_createDispute"))
    api.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert api.v1.disputes.retrieve(dispute.id).status == "won"


def test_a_charge_can_be_refunded_again_once_its_dispute_is_won(
    api: stripe.StripeClient, sandbox: Running
) -> None:
    intent = pay(api, "pm_card_createDispute")
    sandbox.control(f"disputes/{dispute_of(api, intent).id}/close", outcome="won")
    assert api.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_an_inquiry_moves_nothing_until_it_is_escalated(own: Running) -> None:
    api = own.client()
    charge = str(pay(api, "pm_card_visa").latest_charge)
    asked = own.control(f"charges/{charge}/dispute", amount=1000, inquiry="true")
    assert (asked["status"], asked["amount"], asked["balance_transactions"]) == (
        "warning_needs_response",
        1000,
        [],
    )
    assert total(api) == 1250 - 44
    assert own.control(f"disputes/{asked['id']}/escalate")["status"] == "needs_response"
    assert total(api) == 250 - 44 - 2000


def test_an_inquiry_is_closed_and_neither_won_nor_lost(own: Running) -> None:
    api = own.client()
    charge = str(pay(api, "pm_card_visa").latest_charge)
    asked = own.control(f"charges/{charge}/dispute", inquiry="true")
    own.control(f"disputes/{asked['id']}/close", outcome="warning_closed")
    assert (api.v1.disputes.retrieve(asked["id"]).status, total(api)) == ("warning_closed", 1250 - 44)
    assert api.v1.refunds.create({"charge": charge}).status == "succeeded"


def test_a_refund_that_the_bank_sends_back_puts_the_money_back(own: Running) -> None:
    api = own.client()
    intent = pay(api, "pm_card_visa")
    refund = api.v1.refunds.create({"payment_intent": intent.id})
    assert total(api) == -44
    own.control(f"refunds/{refund.id}/fail")
    assert (api.v1.refunds.retrieve(refund.id).status, total(api)) == ("failed", 1250 - 44)
    assert api.v1.charges.retrieve(str(intent.latest_charge)).amount_refunded == 0


def test_an_authorisation_is_cancelled_not_refunded(api: stripe.StripeClient) -> None:
    held = pay(api, "pm_card_visa", capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.refunds.create({"payment_intent": held.id})
    assert api.v1.payment_intents.retrieve(held.id).status == "requires_capture"
