"""An operator's plan as a row: made when it is first needed, locked before it changes, told when it did."""

from datetime import datetime

from accounts.models import Operator, User
from evbooking.core import events
from payments.models import OperatorPlan
from payments.plans import Plan


def plan_row(operator: Operator, *, now: datetime) -> OperatorPlan:
    """The operator's row; a new one says FREE."""
    values = {"created_at": now, "last_updated": now}
    return OperatorPlan.objects.get_or_create(operator=operator, defaults=values)[0]


def locked(plan: OperatorPlan) -> OperatorPlan:
    return OperatorPlan.objects.select_for_update(of=("self",)).select_related("operator").get(pk=plan.pk)


def tell(plan: OperatorPlan, *, actor: User | None, now: datetime) -> None:
    """`operator_plan.changed`, with the plan in force."""
    data = {
        "operator_id": str(plan.pk),
        "plan": Plan.PRO if plan.granted else plan.plan,
        "status": plan.status,
    }
    events.publish("operator_plan.changed", subject=f"operator:{plan.pk}", data=data, actor=actor, now=now)
