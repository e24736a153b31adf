"""An operator's plan: paid by card each month, ended at the end of one, overdue, given up, granted."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
import stripe

from accounts.models import Operator, User
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.money import Money
from payments.errors import PaymentProviderUnavailable
from payments.ledger import balance
from payments.models import LedgerEntry, LedgerTransaction, OperatorPlan
from payments.plans import fee_share_of, limits_of, plan_of
from payments.sandbox.tests.running import DAY, Running
from payments.services.plans import (
    cancel_plan,
    grant_plan,
    invoices_of,
    resume_plan,
    start_subscription,
    sweep_plans,
    sync_subscription,
)
from payments.services.plans.catalogue import lookup_key, price_id
from payments.tests.operators.conftest import NOW

LATER = NOW + timedelta(hours=1)
Account = LedgerEntry.Account


def pay(sandbox: Running, secret: str, card: str = "pm_card_visa") -> None:
    """What the card page does with the client secret."""
    intent = secret.partition("_secret_")[0]
    sandbox.client().v1.payment_intents.confirm(intent, {"payment_method": card})


def row(operator: Operator) -> OperatorPlan:
    return OperatorPlan.objects.select_related("operator").get(pk=operator.pk)


def told() -> list[tuple[str, str]]:
    events = DomainEvent.objects.filter(type="operator_plan.changed").order_by("id")
    return [(event.data["plan"], event.data["status"]) for event in events]


@pytest.fixture
def pro(sandbox: Running, operator: Operator, owner: User) -> OperatorPlan:
    """The operator's plan, its first month paid."""
    pay(sandbox, start_subscription(operator, actor=owner, now=NOW))
    return sync_subscription(row(operator), now=NOW)


def test_a_plan_begins_when_its_first_month_is_paid(
    sandbox: Running, operator: Operator, owner: User
) -> None:
    secret = start_subscription(operator, actor=owner, now=NOW)
    assert (row(operator).plan, row(operator).status) == ("FREE", "INCOMPLETE")
    assert (plan_of(operator), fee_share_of(plan_of(operator))) == ("FREE", Decimal(5))
    pay(sandbox, secret)
    plan = sync_subscription(row(operator), now=NOW)
    assert (plan.plan, plan.status, plan.cancel_at_period_end) == ("PRO", "ACTIVE", False)
    assert (plan_of(operator), fee_share_of(plan_of(operator))) == ("PRO", Decimal("2.5"))
    assert told() == [("PRO", "ACTIVE")]


def test_what_it_cost_is_in_the_books_once(sandbox: Running, pro: OperatorPlan) -> None:
    sync_subscription(pro, now=LATER)
    assert balance(Account.SUBSCRIPTIONS, "EUR", operator=pro.operator) == Money(Decimal(-49), "EUR")
    assert balance(Account.STRIPE_FEES, "EUR") == Money(Decimal("0.99"), "EUR")
    assert balance(Account.STRIPE_BALANCE, "EUR") == Money(Decimal("48.01"), "EUR")
    kinds = LedgerTransaction.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["STRIPE_FEE", "SUBSCRIPTION"]


def test_beginning_again_pays_the_same_invoice(sandbox: Running, operator: Operator, owner: User) -> None:
    first = start_subscription(operator, actor=owner, now=NOW)
    assert start_subscription(operator, actor=owner, now=LATER) == first
    listed = sandbox.client().v1.subscriptions.list(
        {"customer": row(operator).stripe_customer, "status": "all"}
    )
    assert len(listed.data) == 1
    assert AuditEntry.objects.filter(action="operator.subscribe").count() == 1


def test_a_declined_card_leaves_the_free_plan(sandbox: Running, operator: Operator, owner: User) -> None:
    secret = start_subscription(operator, actor=owner, now=NOW)
    with pytest.raises(stripe.CardError):
        pay(sandbox, secret, "pm_card_visa_chargeDeclined")
    plan = sync_subscription(row(operator), now=NOW)
    assert (plan.plan, plan.status) == ("FREE", "INCOMPLETE")
    assert (told(), LedgerTransaction.objects.count()) == ([], 0)


def test_who_has_the_plan_cannot_buy_it_again(pro: OperatorPlan, owner: User) -> None:
    with pytest.raises(WrongState):
        start_subscription(pro.operator, actor=owner, now=LATER)
    assert row(pro.operator).stripe_subscription == pro.stripe_subscription


def test_stripe_down_begins_nothing(sandbox: Running, operator: Operator, owner: User) -> None:
    sandbox.control("faults", target="api", kind="error", status=500, match="/v1/subscriptions", times=2)
    with pytest.raises(PaymentProviderUnavailable):
        start_subscription(operator, actor=owner, now=NOW)
    assert row(operator).stripe_subscription is None
    assert start_subscription(operator, actor=owner, now=LATER).startswith("pi_")


def test_it_is_renewed_with_the_card_of_the_first_month(sandbox: Running, pro: OperatorPlan) -> None:
    sandbox.advance(32 * DAY)
    plan = sync_subscription(pro, now=LATER)
    assert (plan.plan, plan.status) == ("PRO", "ACTIVE")
    assert plan.current_period_end and pro.current_period_end
    assert plan.current_period_end > pro.current_period_end
    assert balance(Account.SUBSCRIPTIONS, "EUR", operator=pro.operator) == Money(Decimal(-98), "EUR")


def test_a_card_that_stops_working_is_overdue_then_free_again(sandbox: Running, pro: OperatorPlan) -> None:
    api = sandbox.client()
    broken = api.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": pro.stripe_customer})
    api.v1.subscriptions.update(str(pro.stripe_subscription), {"default_payment_method": broken.id})
    sandbox.advance(32 * DAY)
    overdue = sync_subscription(pro, now=LATER)
    assert (overdue.plan, overdue.status) == ("PRO", "PAST_DUE")
    assert limits_of(pro.operator).stations is None
    sandbox.advance(10 * DAY)
    assert sweep_plans(LATER + timedelta(hours=1)) == 1
    over = row(pro.operator)
    assert (over.plan, over.status) == ("FREE", "CANCELED")
    assert limits_of(pro.operator).stations == 3
    assert told() == [("PRO", "ACTIVE"), ("PRO", "PAST_DUE"), ("FREE", "CANCELED")]


def test_leaving_lasts_until_the_paid_month_is_over(sandbox: Running, pro: OperatorPlan, owner: User) -> None:
    left = cancel_plan(pro.operator, actor=owner, now=LATER)
    assert (left.plan, left.status, left.cancel_at_period_end) == ("PRO", "ACTIVE", True)
    with pytest.raises(WrongState):
        cancel_plan(pro.operator, actor=owner, now=LATER)
    sandbox.advance(32 * DAY)
    over = sync_subscription(pro, now=LATER)
    assert (over.plan, over.status) == ("FREE", "CANCELED")
    assert balance(Account.SUBSCRIPTIONS, "EUR", operator=pro.operator) == Money(Decimal(-49), "EUR")


def test_who_thinks_again_stays(sandbox: Running, pro: OperatorPlan, owner: User) -> None:
    cancel_plan(pro.operator, actor=owner, now=LATER)
    assert resume_plan(pro.operator, actor=owner, now=LATER).cancel_at_period_end is False
    sandbox.advance(32 * DAY)
    assert sync_subscription(pro, now=LATER).plan == "PRO"


def test_who_came_back_gets_a_new_subscription(sandbox: Running, pro: OperatorPlan, owner: User) -> None:
    sandbox.client().v1.subscriptions.cancel(str(pro.stripe_subscription))
    assert sync_subscription(pro, now=LATER).plan == "FREE"
    pay(sandbox, start_subscription(pro.operator, actor=owner, now=LATER))
    again = sync_subscription(row(pro.operator), now=LATER)
    assert (again.plan, again.status) == ("PRO", "ACTIVE")
    assert again.stripe_subscription != pro.stripe_subscription


def test_invoices_are_listed_as_stripe_keeps_them(sandbox: Running, pro: OperatorPlan) -> None:
    [invoice] = invoices_of(pro)
    assert (invoice.total, invoice.status) == (Money(Decimal(49), "EUR"), "paid")
    assert invoice.number.startswith("SANDBOX-")
    assert httpx.get(invoice.page).status_code == 200
    assert invoices_of(None) == []


def test_the_price_is_made_once_and_found_by_its_key(sandbox: Running) -> None:
    first = price_id()
    assert price_id() == first
    told = sandbox.client().v1.prices.retrieve(first)
    assert (told.unit_amount, told.currency, told.lookup_key) == (4900, "eur", "evbooking-pro-month-4900-eur")
    assert lookup_key(OperatorPlan.Plan.PRO) == "evbooking-pro-month-4900-eur"


def test_a_granted_plan_costs_nothing(operator: Operator, administrator: User) -> None:
    plan = grant_plan(operator, granted=True, actor=administrator, now=NOW)
    assert (plan.plan, plan_of(operator)) == ("FREE", "PRO")
    assert told() == [("PRO", "ACTIVE")]
    grant_plan(operator, granted=False, actor=administrator, now=LATER)
    assert plan_of(operator) == "FREE"
    assert AuditEntry.objects.filter(action="operator.grant_plan").count() == 2
