"""Operators whose ids Stripe does not know: the platform went on to another account there, or theirs was closed."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Operator, User
from evbooking.core.errors import WrongState
from evbooking.core.models import DomainEvent
from payments.errors import AccountUnknown, PaymentsNotReady
from payments.models import OperatorAccount, OperatorPlan, Payout, StripeEvent
from payments.presentation.onboarding import standing_of
from payments.sandbox.tests.running import Running, start
from payments.services.onboarding import start_onboarding, sync_operator_account
from payments.services.operator_accounts import operator_account
from payments.services.payouts import request_payout, sweep_payouts
from payments.services.plans import (
    cancel_plan,
    invoices_of,
    start_subscription,
    sweep_plans,
    sync_subscription,
)
from payments.services.routing import ROUTES
from payments.services.sweeping import sweep_accounts
from payments.tests.conftest import use
from payments.tests.operators.conftest import NOW
from payments.tests.operators.earning import earn
from tests.factories import make_operator

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MONEY = "/operator/money"


@pytest.fixture
def other(settings: Settings) -> Iterator[Running]:
    """A sandbox that knows nothing of ours; `use(other, settings)` goes on to it."""
    running = start()
    yield running
    running.stop()


@pytest.fixture
def lost(ready: OperatorAccount, other: Running, settings: Settings) -> OperatorAccount:
    """An account that was ready where the platform was before."""
    use(other, settings)
    return ready


@pytest.fixture
def pro(sandbox: Running, operator: Operator, owner: User) -> OperatorPlan:
    """A plan, its first month paid."""
    intent = start_subscription(operator, actor=owner, now=NOW).partition("_secret_")[0]
    sandbox.client().v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    return sync_subscription(OperatorPlan.objects.select_related("operator").get(), now=NOW)


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_an_account_that_stripe_does_not_know_can_do_nothing_and_says_why(
    lost: OperatorAccount, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        account = sync_operator_account(lost, now=NOW + HOUR)
    assert (account.is_ready, account.payouts_enabled, account.requirements) == (False, False, [])
    assert standing_of(account).advice.startswith("Stripe does not know this account.")
    assert account.bank == "STRIPE TEST BANK .... 3000"
    assert "Stripe does not know the account acct_" in caplog.text
    assert [event.data["charges_enabled"] for event in DomainEvent.objects.order_by("id")][-1] is False


def test_an_operator_that_leaves_the_platform_at_stripe_can_do_nothing_from_then_on(
    sandbox: Running, ready: OperatorAccount
) -> None:
    sandbox.client().v1.accounts.delete(str(ready.stripe_id))
    told = {"data": {"object": {"id": "ca_1", "object": "application"}}}
    type_ = "account.application.deauthorized"
    event = StripeEvent(type=type_, account=str(ready.stripe_id), object_id="ca_1", payload=told)
    ROUTES[type_](event, NOW + HOUR)
    ready.refresh_from_db()
    assert (ready.charges_enabled, ready.payouts_enabled) == (False, False)


def test_nothing_is_paid_out_to_it_and_no_form_is_opened(lost: OperatorAccount, owner: User) -> None:
    with pytest.raises(PaymentsNotReady):
        request_payout(lost, actor=owner, now=NOW)
    with pytest.raises(AccountUnknown):
        start_onboarding(lost.operator, actor=owner, return_url="http://a", refresh_url="http://b", now=NOW)
    assert not Payout.objects.exists()


def test_its_pages_answer(lost: OperatorAccount, owner: User, client: Client) -> None:
    client.force_login(owner)
    for path in ("/payouts/", "/account/stripe/"):
        answer = client.post(f"{MONEY}{path}", follow=True)
        assert answer.status_code == 200
        assert "Stripe does not know this operator's account." in text(answer)
    assert "Stripe does not know this account." in text(client.get(f"{MONEY}/account/return/", follow=True))


def test_it_stops_no_other_payout(
    sandbox: Running, ready: OperatorAccount, driver: User, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest payout is asked about first: that of the account which Stripe does not know."""
    earn(sandbox, ready, driver)
    payout = request_payout(ready, actor=None, now=NOW)
    unknown = operator_account(make_operator("Elsewhere"), now=NOW)
    OperatorAccount.objects.filter(pk=unknown.pk).update(stripe_id="acct_elsewhere", payouts_enabled=True)
    sent = {"status": "IN_TRANSIT", "stripe_id": "po_elsewhere", "created_at": NOW + HOUR}
    unknown.payouts.create(amount=5, currency="EUR", last_updated=NOW, **sent)
    sandbox.control(f"payouts/{payout.stripe_id}/fail")
    assert sweep_payouts(NOW + HOUR) == 1
    payout.refresh_from_db()
    assert payout.status == "FAILED"
    assert "could not be looked after" in caplog.text


def test_an_account_that_nobody_told_about_is_asked_for(
    sandbox: Running, opened: OperatorAccount, operator: Operator
) -> None:
    """The form was filled in, and neither its webhook nor its browser came back."""
    sandbox.control(f"accounts/{opened.stripe_id}/onboard")
    minute = timedelta(minutes=1)
    assert sweep_accounts(NOW + 9 * minute) == 0
    assert sweep_accounts(NOW + 10 * minute) == 1
    opened.refresh_from_db()
    assert opened.is_ready and opened.payouts_enabled
    assert sweep_accounts(NOW + 24 * HOUR) == 0


def test_an_account_that_is_never_finished_is_asked_for_ever_more_rarely_and_once_a_day(
    opened: OperatorAccount,
) -> None:
    minutes, asked = 0, []
    for _ in range(1000):
        minutes += 10
        if sweep_accounts(NOW + timedelta(minutes=minutes)):
            asked.append(minutes)
    assert asked == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 4000, 5440, 6880, 8320, 9760]


def test_a_plan_whose_subscription_is_lost_is_free_and_can_be_bought_again(
    pro: OperatorPlan, other: Running, settings: Settings, owner: User, client: Client
) -> None:
    use(other, settings)
    assert invoices_of(pro) == []
    client.force_login(owner)
    assert client.get(f"{MONEY}/plan/").status_code == 200
    with pytest.raises(WrongState):
        cancel_plan(pro.operator, actor=owner, now=NOW)
    pro.refresh_from_db()
    assert (pro.plan, pro.status, pro.current_period_end) == ("FREE", "CANCELED", None)
    first = start_subscription(pro.operator, actor=owner, now=NOW)
    assert start_subscription(pro.operator, actor=owner, now=NOW) == first
    again = OperatorPlan.objects.get()
    [customer] = other.client().v1.customers.list().data
    assert (again.stripe_customer, again.status) == (customer.id, "INCOMPLETE")


def test_a_plan_that_was_begun_and_is_lost_begins_anew(
    sandbox: Running, operator: Operator, other: Running, settings: Settings, owner: User
) -> None:
    first = start_subscription(operator, actor=owner, now=NOW)
    use(other, settings)
    again = start_subscription(operator, actor=owner, now=NOW + HOUR)
    assert again != first
    assert len(other.client().v1.subscriptions.list({"status": "all"}).data) == 1


def test_a_lost_plan_stops_no_other(pro: OperatorPlan, sandbox: Running) -> None:
    values = {"plan": "PRO", "status": "PAST_DUE", "created_at": NOW, "last_updated": NOW}
    for name in ("Before", "After"):
        operator = make_operator(name)
        OperatorPlan.objects.create(operator=operator, stripe_subscription=f"sub_{name}", **values)
    assert sweep_plans(NOW + HOUR) == 2
    assert set(OperatorPlan.objects.exclude(pk=pro.pk).values_list("plan", "status")) == {
        ("FREE", "CANCELED")
    }
