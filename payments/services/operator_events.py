"""What Stripe tells about operators: their accounts, payouts and plans. Each event leads to asking, nothing else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from payments.models import OperatorAccount, OperatorPlan, Payout, StripeEvent
from payments.services.onboarding import sync_operator_account
from payments.services.payouts import sync_payout
from payments.services.plans import sync_subscription
from payments.services.routing import on


@on(
    "account.updated",
    "account.application.deauthorized",
    "account.external_account.created",
    "account.external_account.updated",
    "account.external_account.deleted",
)
def account_changed(event: StripeEvent, now: datetime) -> None:
    """The connected account's own event: `account` names it."""
    account = OperatorAccount.objects.filter(stripe_id=event.account or event.object_id).first()
    if account is not None:
        sync_operator_account(account, now=now)


@on("payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled")
def payout_changed(event: StripeEvent, now: datetime) -> None:
    """Ours by its id, or by our name in its metadata where Stripe's answer was lost."""
    payouts = Payout.objects.filter(account__stripe_id=event.account).select_related("account__operator")
    ours = Q(stripe_id=event.object_id)
    if name := _named(event):
        ours |= Q(pk=name)
    payout = payouts.filter(ours).first()
    if payout is not None:
        sync_payout(payout, now=now)


@on(
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
)
def subscription_changed(event: StripeEvent, now: datetime) -> None:
    _sync_plan(event.object_id, now)


@on("invoice.paid", "invoice.payment_failed", "invoice.voided")
def invoice_changed(event: StripeEvent, now: datetime) -> None:
    _sync_plan(_subscription_of(event), now)


def _sync_plan(subscription: str, now: datetime) -> None:
    plan = OperatorPlan.objects.filter(stripe_subscription=subscription).select_related("operator").first()
    if subscription and plan is not None:
        sync_subscription(plan, now=now)


def _object(event: StripeEvent) -> dict[str, Any]:
    found: dict[str, Any] = event.payload["data"]["object"]
    return found


def _subscription_of(event: StripeEvent) -> str:
    details = (_object(event).get("parent") or {}).get("subscription_details") or {}
    return str(details.get("subscription") or "")


def _named(event: StripeEvent) -> UUID | None:
    name = (_object(event).get("metadata") or {}).get("payout", "")
    try:
        return UUID(name)
    except ValueError:
        return None
