"""An operator's own plan: subscribing by card, what Stripe says became of it, leaving it, and its invoices."""

from payments.services.plans.changing import cancel_plan, grant_plan, resume_plan
from payments.services.plans.invoices import PlanInvoice, invoices_of
from payments.services.plans.subscribing import start_subscription
from payments.services.plans.syncing import sweep_plans, sync_subscription

__all__ = [
    "PlanInvoice",
    "cancel_plan",
    "grant_plan",
    "invoices_of",
    "resume_plan",
    "start_subscription",
    "sweep_plans",
    "sync_subscription",
]
