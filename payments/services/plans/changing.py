"""Leaving PRO at the end of the paid month, staying after all, and having it from the platform without paying."""

from datetime import datetime

import stripe
from django.db import transaction

from accounts.models import Operator, User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from payments.gateway import stripe_calls
from payments.models import OperatorPlan
from payments.plans import Plan
from payments.services.plans.rows import locked, plan_row, tell
from payments.services.plans.syncing import sync_subscription


def cancel_plan(operator: Operator, *, actor: User, now: datetime) -> OperatorPlan:
    """PRO ends with the month that is paid. Raises WrongState, PaymentProviderUnavailable."""
    return _end_with_period(operator, ends=True, actor=actor, now=now)


def resume_plan(operator: Operator, *, actor: User, now: datetime) -> OperatorPlan:
    """PRO goes on after all. Raises WrongState, PaymentProviderUnavailable."""
    return _end_with_period(operator, ends=False, actor=actor, now=now)


@transaction.atomic
def grant_plan(operator: Operator, *, granted: bool, actor: User | None, now: datetime) -> OperatorPlan:
    """Give an operator PRO without payment, or take that back; its own subscription is not touched."""
    plan = locked(plan_row(operator, now=now))
    if plan.granted == granted:
        return plan
    plan.granted, plan.last_updated = granted, now
    plan.save()
    before, after = {"granted": not granted}, {"granted": granted}
    audit.record("operator.grant_plan", target=operator, actor=actor, before=before, after=after)
    tell(plan, actor=actor, now=now)
    return plan


def _end_with_period(operator: Operator, *, ends: bool, actor: User, now: datetime) -> OperatorPlan:
    plan = plan_row(operator, now=now)
    if plan.plan != Plan.PRO or not plan.stripe_subscription or plan.cancel_at_period_end == ends:
        raise WrongState("Your plan is in that state already.")
    try:
        with stripe_calls() as client:
            client.v1.subscriptions.update(plan.stripe_subscription, {"cancel_at_period_end": ends})
    except stripe.InvalidRequestError as error:  # it is over, or unknown there
        sync_subscription(plan, now=now)
        raise WrongState(
            "Stripe has no such subscription any more. Reload the page to see your plan."
        ) from error
    with transaction.atomic():
        values = [{"cancel_at_period_end": one} for one in (not ends, ends)]
        audit.record("operator.cancel_plan", target=operator, actor=actor, before=values[0], after=values[1])
    return sync_subscription(plan, now=now)
