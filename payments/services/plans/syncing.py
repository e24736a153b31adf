"""What Stripe says became of a subscription: the plan follows it, and paid invoices go into the books."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import stripe
from django.db import transaction
from django.db.models import Q

from payments.gateway import is_missing, stripe_calls
from payments.models import OperatorPlan
from payments.plans import Plan
from payments.services.plans.booking import book_invoices
from payments.services.plans.rows import locked, tell
from payments.services.sweeping.batches import each

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
_UNKNOWN: Final = {
    "plan": Plan.FREE,
    "status": Status.CANCELED,
    "cancel_at_period_end": False,
    "current_period_end": None,
}
_ASK_AFTER: Final = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def sync_subscription(plan: OperatorPlan, *, now: datetime) -> OperatorPlan:
    """Ask Stripe for the operator's subscription and keep its state; overdue keeps PRO until Stripe gives up.

    One that Stripe does not know (any more) has ended: nobody pays for it. Tells `operator_plan.changed` when plan or
    state is another. Raises PaymentProviderUnavailable.
    """
    if not plan.stripe_subscription:
        return plan
    try:
        with stripe_calls() as client:
            told = client.v1.subscriptions.retrieve(plan.stripe_subscription)
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        logger.error("Stripe does not know %s of operator %s", plan.stripe_subscription, plan.pk)  # noqa: TRY400 - no bug
        return _applied(plan, plan.stripe_subscription, _UNKNOWN, now)
    book_invoices(plan)
    return _applied(plan, told.id, _state_of(told), now)


def sweep_plans(now: datetime) -> int:
    """Ask about plans that nobody told about: begun, overdue, or past the end of their period; how many."""
    waiting = Q(status__in=[Status.INCOMPLETE, Status.PAST_DUE], last_updated__lt=now - _ASK_AFTER)
    over = Q(status=Status.ACTIVE, current_period_end__lt=now - _ASK_AFTER)
    plans = OperatorPlan.objects.filter(waiting | over, stripe_subscription__isnull=False)
    return each(plans.select_related("operator"), partial(sync_subscription, now=now))


@transaction.atomic
def _applied(plan: OperatorPlan, of: str, state: dict[str, Any], now: datetime) -> OperatorPlan:
    plan = locked(plan)
    if plan.stripe_subscription != of:  # another was begun meanwhile
        return plan
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
