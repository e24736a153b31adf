"""What Stripe says became of a subscription: the plan follows it, and paid invoices go into the books."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe
from django.db import transaction
from django.db.models import Q

from payments.errors import PaymentProviderUnavailable
from payments.gateway import stripe_calls
from payments.models import OperatorPlan
from payments.plans import Plan
from payments.services.plans.booking import book_invoices
from payments.services.plans.rows import locked, tell

Status = OperatorPlan.Status
_STATES: Final[dict[str, tuple[OperatorPlan.Plan, OperatorPlan.Status]]] = {
    "incomplete": (Plan.FREE, Status.INCOMPLETE),
    "incomplete_expired": (Plan.FREE, Status.CANCELED),
    "trialing": (Plan.PRO, Status.ACTIVE),
    "active": (Plan.PRO, Status.ACTIVE),
    "past_due": (Plan.PRO, Status.PAST_DUE),
    "unpaid": (Plan.FREE, Status.PAST_DUE),
    "paused": (Plan.FREE, Status.CANCELED),
    "canceled": (Plan.FREE, Status.CANCELED),
}
_ASK_AFTER: Final = timedelta(minutes=10)


def sync_subscription(plan: OperatorPlan, *, now: datetime) -> OperatorPlan:
    """Ask Stripe for the operator's subscription and keep its state; overdue keeps PRO until Stripe gives up.

    Tells `operator_plan.changed` when plan or state is another. Raises PaymentProviderUnavailable.
    """
    if not plan.stripe_subscription:
        return plan
    with stripe_calls() as client:
        told = client.v1.subscriptions.retrieve(plan.stripe_subscription)
    book_invoices(plan)
    return _applied(plan, told, now)


def sweep_plans(now: datetime) -> int:
    """Ask about plans that nobody told about: begun, overdue, or past the end of their period; how many."""
    waiting = Q(status__in=[Status.INCOMPLETE, Status.PAST_DUE], last_updated__lt=now - _ASK_AFTER)
    over = Q(status=Status.ACTIVE, current_period_end__lt=now - _ASK_AFTER)
    asked = 0
    for plan in OperatorPlan.objects.filter(waiting | over, stripe_subscription__isnull=False):
        try:
            sync_subscription(plan, now=now)
        except PaymentProviderUnavailable:
            break
        asked += 1
    return asked


@transaction.atomic
def _applied(plan: OperatorPlan, told: stripe.Subscription, now: datetime) -> OperatorPlan:
    plan = locked(plan)
    if plan.stripe_subscription != told.id:  # another was begun meanwhile
        return plan
    state = _state_of(told)
    before = (plan.plan, plan.status, plan.cancel_at_period_end)
    if all(getattr(plan, name) == value for name, value in state.items()):
        return plan
    for name, value in state.items():
        setattr(plan, name, value)
    plan.last_updated = now
    plan.save()
    if before != (plan.plan, plan.status, plan.cancel_at_period_end):
        tell(plan, actor=None, now=now)
    return plan


def _state_of(told: stripe.Subscription) -> dict[str, Any]:
    plan, status = _STATES[told.status]
    ends = [item.current_period_end for item in told["items"].data]
    return {
        "plan": plan,
        "status": status,
        "cancel_at_period_end": bool(told.cancel_at_period_end),
        "current_period_end": datetime.fromtimestamp(max(ends), UTC) if ends else None,
    }
