"""What Stripe tells through the webhook's view: stored, worked off by the pump, and to the same end as asking.

Signed bodies over HTTP; in their order, in reverse, each twice, a day late, and only one of them.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from charging.models import CDR
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from payments.ledger.checking import check_ledger
from payments.models import (
    BookingAccount,
    Dispute,
    OperatorAccount,
    OperatorPlan,
    Payment,
    Payout,
    Refund,
    StripeEvent,
)
from payments.sandbox.tests.running import SECRET, Running
from payments.services.intake import process_due
from payments.services.payouts import request_payout
from payments.services.plans import start_subscription
from payments.services.refunds import refund_booking
from payments.services.settling import settle_account
from payments.tests.bills import END
from payments.tests.paying import NOW, Webhooks, post_event
from payments.tests.settling.till import Till, books
from stations.models import Station

pytestmark = pytest.mark.django_db
Events = list[dict[str, Any]]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

ORDERS: dict[str, Callable[[Events], Events]] = {
    "in order": lambda events: events,
    "reversed": lambda events: events[::-1],
    "twice": lambda events: [*events, *events],
    "the last alone": lambda events: events[-1:],
}
in_each_order = pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)


@pytest.fixture
def till(own_sandbox: Running, ready_operator: OperatorAccount, driver: User, station: Station) -> Till:
    account = str(ready_operator.stripe_id)
    return Till(own_sandbox, own_sandbox.client(), account, driver, station.evses.earliest("uid"))


@pytest.fixture
def settled(till: Till) -> BookingAccount:
    """5.50 EUR, billed and paid."""
    account, _ = till.visit()
    till.authorise(account)
    return till.settle(account)


@pytest.fixture
def webhooks(settled: BookingAccount, own_sandbox: Running) -> Webhooks:
    """What the sandbox tells from the payment on."""
    return Webhooks.of(own_sandbox)


def told(events: Events, *, late: timedelta = timedelta(0), secret: str = SECRET) -> dict[str, set[str]]:
    """Post them and let the pump work them off; the states of each type in the end."""
    for event in events:
        assert post_event(event, secret=secret).status_code == 200
    StripeEvent.objects.update(next_attempt_at=NOW)
    process_due(NOW + HOUR + late)
    ends: dict[str, set[str]] = {}
    for stored in StripeEvent.objects.all():
        ends.setdefault(stored.type, set()).add(stored.state)
    return ends


def differences() -> list[str]:
    return [str(one) for one in check_ledger(NOW + 2 * HOUR)]


def published(type_: str) -> int:
    return DomainEvent.objects.filter(type=type_).count()


def of(events: Events, *kinds: str) -> Events:
    return [event for event in events if event["type"].startswith(kinds)]


@pytest.fixture
def refunded(settled: BookingAccount, owner: User) -> Refund:
    """1.10 EUR that staff gave back, and Stripe took."""
    money, reason = Money(Decimal("1.10"), "EUR"), Refund.Reason.GOODWILL
    [refund] = refund_booking(
        settled.booking, amount=money, reason=reason, words="Sorry.", actor=owner, now=END
    )
    settle_account(BookingAccount.objects.get(), now=END)
    refund.refresh_from_db()
    return refund


@in_each_order
def test_a_refund_that_came_back_is_owed_again(
    order: Callable[[Events], Events], webhooks: Webhooks, refunded: Refund, own_sandbox: Running
) -> None:
    own_sandbox.control(f"refunds/{refunded.stripe_id}/fail")
    events = of(webhooks.take(), "refund.", "charge.refund")
    assert [event["type"] for event in events] == [
        "refund.created",
        "charge.refunded",
        "refund.failed",
        "charge.refund.updated",
    ]
    ends = told(order(events), late=DAY)
    assert ends.get("charge.refunded", {"IGNORED"}) == {"IGNORED"}
    assert ends["charge.refund.updated"] == {"DONE"}
    refunded.refresh_from_db()
    account = BookingAccount.objects.get()
    assert (refunded.status, refunded.failure_reason) == ("FAILED", "lost_or_stolen_card")
    assert (account.state, books(account)["DRIVER_RECEIVABLE"]) == ("DUE", Decimal("-1.10"))
    assert published("refund.failed") == 1
    assert settle_account(account, now=NOW + 2 * DAY).state == "SETTLED"
    assert differences() == []


@in_each_order
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_is_heard_and_decided(
    outcome: str,
    order: Callable[[Events], Events],
    webhooks: Webhooks,
    till: Till,
    settled: BookingAccount,
    own_sandbox: Running,
) -> None:
    till.fill_the_platforms_balance()
    charge = Payment.objects.get().charge_id
    dispute = own_sandbox.control(f"charges/{charge}/dispute")["id"]
    told(of(webhooks.take(), "charge.dispute"))
    assert (Dispute.objects.get().status, Dispute.objects.get().held_amount) == (
        "NEEDS_RESPONSE",
        Decimal("5.22"),
    )
    own_sandbox.control(f"disputes/{dispute}/close", outcome=outcome)
    ends = told(order(of(webhooks.take(), "charge.dispute")), late=DAY)
    assert {state for states in ends.values() for state in states} == {"DONE"}
    assert Dispute.objects.get().status == outcome.upper()
    assert (published("dispute.opened"), published("dispute.closed")) == (1, 1)
    operators = books(settled).get("OPERATOR_BALANCE", 0)
    assert operators == (Decimal("5.22") if outcome == "won" else 0)
    assert differences() == []


@in_each_order
def test_a_payout_is_told_by_the_account_it_is_of(
    order: Callable[[Events], Events],
    webhooks: Webhooks,
    settled: BookingAccount,
    ready_operator: OperatorAccount,
    own_sandbox: Running,
    owner: User,
    settings: Any,
) -> None:
    """The endpoint for connected accounts signs with a secret of its own."""
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_platform,{SECRET}"
    own_sandbox.advance(3 * 86_400)
    payout = request_payout(ready_operator, actor=owner, now=NOW + 3 * DAY)
    assert (payout.amount, payout.status) == (Decimal("5.22"), "IN_TRANSIT")
    own_sandbox.advance(3 * 86_400)
    own_sandbox.control(f"payouts/{payout.stripe_id}/fail")
    connected: Any = {"stripe_account": ready_operator.stripe_id}
    page = own_sandbox.client().v1.events.list({"limit": 100}, connected).data
    events = of([json.loads(str(event)) for event in reversed(page)], "payout.")
    assert {event["account"] for event in events} == {ready_operator.stripe_id}
    assert [event["type"] for event in events] == ["payout.created", "payout.paid", "payout.failed"]
    told(order(events))
    payout.refresh_from_db()
    assert payout.status == "FAILED"
    assert published("payout.failed") == 1
    own = BookingAccount.objects.get().operator
    assert Payout.objects.filter(account__operator=own).count() == 1
    assert [str(one) for one in check_ledger(NOW + 7 * DAY)] == []


def test_an_account_that_stripe_restricts_is_no_longer_paid_out(
    webhooks: Webhooks, ready_operator: OperatorAccount, own_sandbox: Running
) -> None:
    OperatorAccount.objects.update(payouts_enabled=False)
    event = {"id": "evt_account", "type": "account.updated", "account": ready_operator.stripe_id}
    body = {
        "data": {"object": {"id": ready_operator.stripe_id, "object": "account", "payouts_enabled": False}}
    }
    assert told([{**event, "livemode": False, **body}])["account.updated"] == {"DONE"}
    ready_operator.refresh_from_db()
    assert ready_operator.payouts_enabled  # as Stripe says when it is asked, not as the event claims
    stranger = {**event, "id": "evt_stranger", "account": "acct_stranger", "livemode": False, **body}
    assert "IGNORED" in told([stranger])["account.updated"]


@in_each_order
def test_a_plan_is_paid_and_then_ended_by_its_events(
    order: Callable[[Events], Events],
    webhooks: Webhooks,
    ready_operator: OperatorAccount,
    owner: User,
    own_sandbox: Running,
) -> None:
    operator = ready_operator.operator
    intent = start_subscription(operator, actor=owner, now=NOW).partition("_secret_")[0]
    own_sandbox.client().v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    events = of(webhooks.take(), "customer.subscription", "invoice.paid")
    assert {event["type"] for event in events} >= {"customer.subscription.created", "invoice.paid"}
    told(order(events))
    assert (OperatorPlan.objects.get().plan, OperatorPlan.objects.get().status) == ("PRO", "ACTIVE")
    name = str(OperatorPlan.objects.get().stripe_subscription)
    own_sandbox.client().v1.subscriptions.cancel(name)
    ended = of(webhooks.take(), "customer.subscription.deleted")
    told([*order(ended), *order(events)], late=DAY)
    assert (OperatorPlan.objects.get().plan, OperatorPlan.objects.get().status) == ("FREE", "CANCELED")
    assert published("operator_plan.changed") == 2
    assert differences() == []


def test_transfers_and_types_that_nobody_knows_change_nothing(
    webhooks: Webhooks, refunded: Refund, settled: BookingAccount
) -> None:
    before = books(settled)
    events = of(webhooks.take(), "transfer.", "application_fee.")
    assert {event["type"] for event in events} == {"transfer.reversed", "application_fee.refunded"}
    unknown = {**events[0], "id": "evt_unknown", "type": "quantum.entangled"}
    ends = told([*events, unknown])
    types = ("transfer.reversed", "application_fee.refunded", "quantum.entangled")
    assert ends == {type_: {"IGNORED"} for type_ in types}
    assert books(settled) == before
    assert differences() == []


def test_a_refund_made_behind_our_back_is_ignored_and_found_by_the_check(
    webhooks: Webhooks, till: Till, settled: BookingAccount
) -> None:
    """Somebody gives money back on Stripe's own pages: no bill says so, and an administrator is told."""
    intent = str(Payment.objects.get().stripe_id)
    made = till.client.v1.refunds.create({"payment_intent": intent, "amount": 100})
    ends = told(of(webhooks.take(), "refund.", "charge.refunded"))
    assert ends == {"refund.created": {"IGNORED"}, "charge.refunded": {"IGNORED"}}
    assert (Refund.objects.count(), CDR.objects.count()) == (0, 1)
    assert [one.split()[0] for one in differences()] == ["refund_at_stripe", "balance"]
    assert made.id in differences()[0]


def test_disputes_and_refunds_of_another_installation_are_left_to_it(
    webhooks: Webhooks, till: Till, own_sandbox: Running
) -> None:
    """Two installations may share one account at Stripe; each hears all events."""
    foreign = till.sell(900, "pm_card_createDispute", metadata={"installation": "another"})
    events = of(webhooks.take(), "charge.dispute", "payment_intent")
    states = told(events)
    assert {state for one in states.values() for state in one} == {"IGNORED"}
    assert not Payment.objects.filter(stripe_id=foreign).exists()
    assert not Dispute.objects.exists()
