"""Beginning a subscription: the first invoice waits for a card, entered by the operator's owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import Operator, User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from payments.gateway import is_missing, stripe_calls
from payments.models import OperatorPlan
from payments.plans import Plan
from payments.services.plans.catalogue import price_id
from payments.services.plans.rows import locked, plan_row

Status = OperatorPlan.Status


def start_subscription(operator: Operator, *, actor: User, now: datetime) -> str:
    """The client secret with which the first invoice of PRO is paid; the plan changes when Stripe says it is.

    Repeated or twice at once it is the same subscription, until that one is paid or given up. Raises WrongState for
    who has PRO, PaymentProviderUnavailable.
    """
    plan = plan_row(operator, now=now)
    if plan.granted or plan.plan == Plan.PRO:
        raise WrongState("You have this plan already.")
    if plan.stripe_subscription and plan.status == Status.INCOMPLETE:
        with _ignoring_lost():
            return _secret_of(plan.stripe_subscription)
    customer, made = _begun(plan, actor)
    _keep(plan, customer, made, actor=actor, now=now)
    return _secret_of(made.id)


def _begun(plan: OperatorPlan, actor: User) -> tuple[str, stripe.Subscription]:
    """The customer and the new subscription; one that Stripe does not know (any more) becomes a customer anew."""
    if plan.stripe_customer:
        with _ignoring_lost():
            return plan.stripe_customer, _create(plan, plan.stripe_customer)
    customer = _create_customer(plan, actor)
    return customer, _create(plan, customer)


@contextmanager
def _ignoring_lost() -> Iterator[None]:
    try:
        yield
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise


def _create_customer(plan: OperatorPlan, actor: User) -> str:
    metadata = {"operator": str(plan.pk), "installation": settings.EVB_INSTALLATION}
    after = f"-after-{plan.stripe_customer}" if plan.stripe_customer else ""
    with stripe_calls() as client:
        made = client.v1.customers.create(
            {"email": actor.email, "name": plan.operator.name, "metadata": metadata},
            {"idempotency_key": f"evb-plan-customer-{plan.pk}{after}"},
        )
    return made.id


def _create(plan: OperatorPlan, customer: str) -> stripe.Subscription:
    """One per subscription that came before it, so that two clicks make one."""
    price = price_id(Plan.PRO)
    with stripe_calls() as client:
        return client.v1.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price": price}],
                "payment_behavior": "default_incomplete",
                "payment_settings": {"save_default_payment_method": "on_subscription"},
                "metadata": {"operator": str(plan.pk), "installation": settings.EVB_INSTALLATION},
            },
            {"idempotency_key": f"evb-plan-{customer}-{plan.stripe_subscription or 'first'}"},
        )


@transaction.atomic
def _keep(
    plan: OperatorPlan, customer: str, made: stripe.Subscription, *, actor: User, now: datetime
) -> None:
    plan = locked(plan)
    if plan.stripe_subscription == made.id:
        return
    before = {"subscription": plan.stripe_subscription}
    plan.stripe_customer, plan.stripe_subscription = customer, made.id
    plan.status, plan.last_updated = Status.INCOMPLETE, now
    plan.cancel_at_period_end = False
    plan.save()
    after = {"subscription": made.id}
    audit.record("operator.subscribe", target=plan.operator, actor=actor, before=before, after=after)


def _secret_of(subscription: str) -> str:
    """Of the PaymentIntent of the first invoice. Raises WrongState where that one is paid or void by now."""
    with stripe_calls() as client:
        told = client.v1.subscriptions.retrieve(
            subscription, {"expand": ["latest_invoice.confirmation_secret"]}
        )
    invoice = told.latest_invoice
    if told.status != "incomplete" or not isinstance(invoice, stripe.Invoice):
        raise WrongState("This payment is over. Reload the page to see your plan.")
    secret = invoice.confirmation_secret
    if secret is None:
        raise WrongState("There is nothing to pay on this invoice.")
    return secret.client_secret
