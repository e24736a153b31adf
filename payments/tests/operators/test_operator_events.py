"""Stripe's events about operators: each only leads to asking, and what is asked is kept."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator, User
from payments.models import OperatorAccount, OperatorPlan, Payout, StripeEvent
from payments.sandbox.tests.running import Running
from payments.services.payouts import request_payout
from payments.services.plans import start_subscription
from payments.services.routing import ROUTES
from payments.tests.operators.conftest import NOW
from payments.tests.operators.earning import earn

LATER = NOW + timedelta(hours=1)


def happened(type_: str, object_: dict[str, Any], account: str = "") -> None:
    """Let the handler of this type have the event."""
    event = StripeEvent(
        type=type_, account=account, object_id=object_["id"], payload={"data": {"object": object_}}
    )
    ROUTES[type_](event, LATER)


def test_an_account_is_asked_for_when_it_changed(sandbox: Running, opened: OperatorAccount) -> None:
    sandbox.control(f"accounts/{opened.stripe_id}/onboard")
    happened("account.updated", {"id": opened.stripe_id}, account=str(opened.stripe_id))
    opened.refresh_from_db()
    assert opened.is_ready


def test_a_payout_is_asked_for_when_it_changed(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    payout = request_payout(ready, actor=owner, now=NOW)
    sandbox.control(f"payouts/{payout.stripe_id}/fail")
    happened("payout.failed", {"id": payout.stripe_id, "metadata": {}}, account=str(ready.stripe_id))
    payout.refresh_from_db()
    assert (payout.status, payout.last_updated) == ("FAILED", LATER)


def test_a_payout_whose_answer_was_lost_is_found_by_our_name_in_it(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    payout = request_payout(ready, actor=owner, now=NOW)
    Payout.objects.filter(pk=payout.pk).update(stripe_id=None, status="PENDING")
    told = {"id": payout.stripe_id, "metadata": {"payout": str(payout.pk)}}
    happened("payout.created", {**told, "id": "po_other"}, account="acct_other")
    assert Payout.objects.get(pk=payout.pk).status == "PENDING"
    happened("payout.created", told, account=str(ready.stripe_id))
    assert Payout.objects.get(pk=payout.pk).stripe_id == payout.stripe_id


@pytest.mark.parametrize("type_", ["customer.subscription.updated", "invoice.paid"])
def test_a_plan_is_asked_for_when_its_subscription_or_invoice_changed(
    sandbox: Running, operator: Operator, owner: User, type_: str
) -> None:
    intent = start_subscription(operator, actor=owner, now=NOW).partition("_secret_")[0]
    sandbox.client().v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    name = OperatorPlan.objects.get(pk=operator.pk).stripe_subscription
    invoice = {"id": "in_1", "parent": {"subscription_details": {"subscription": name}}}
    happened(type_, {"id": name} if type_.startswith("customer") else invoice)
    assert OperatorPlan.objects.get(pk=operator.pk).plan == "PRO"


@pytest.mark.parametrize(
    "type_", ["account.updated", "payout.paid", "customer.subscription.deleted", "invoice.paid"]
)
def test_objects_of_somebody_else_are_nothing_to_us(sandbox: Running, operator: Operator, type_: str) -> None:
    happened(type_, {"id": "other_1", "metadata": {"payout": "nonsense"}}, account="acct_other")
    assert not OperatorAccount.objects.exists()
    assert not OperatorPlan.objects.exists()
