"""The operators' plans as data, and what an operator's plan allows and costs.

Limits hold for what is added: an operator that already has more keeps it. Where nobody can pay (no Stripe key),
nobody can upgrade, and nothing is limited.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from django.conf import settings

from accounts.models import Operator
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.money import Money
from payments.errors import PlanLimit
from payments.models import OperatorPlan

Plan = OperatorPlan.Plan


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each an operator may have; None: as many as it wants. `statement_months`: how far back."""

    stations: int | None = None
    members: int | None = None
    webhooks: int | None = None
    statement_months: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan costs a month, and the platform's share of each bill paid online, in percent."""

    price: Money
    fee_share: Decimal
    limits: Limits


PLANS: Final = {
    Plan.FREE: Terms(
        price=Money(Decimal(0), "EUR"),
        fee_share=Decimal(5),
        limits=Limits(stations=3, members=3, webhooks=1, statement_months=12),
    ),
    Plan.PRO: Terms(price=Money(Decimal(49), "EUR"), fee_share=Decimal("2.5"), limits=Limits()),
}
WORDS: Final = {
    "stations": ("station", "stations"),
    "members": ("person", "people, open invitations included"),
    "webhooks": ("webhook", "webhooks"),
    "statement_months": ("month of statements", "months of statements"),
}


def plan_of(operator: Operator) -> OperatorPlan.Plan:
    """The plan in force: PRO while it is granted or its subscription lasts, overdue payments included."""
    return in_force(OperatorPlan.objects.filter(operator=operator).first())


def in_force(found: OperatorPlan | None) -> OperatorPlan.Plan:
    """The plan that an operator's row gives; FREE where there is none."""
    if found is None:
        return Plan.FREE
    return Plan.PRO if found.granted else Plan(found.plan)


def limits_of(operator: Operator) -> Limits:
    return PLANS[plan_of(operator)].limits if settings.EVB_PAYMENTS else Limits()


def fee_share_of(plan: OperatorPlan.Plan) -> Decimal:
    """The platform's share of a new booking's bills, in percent."""
    return PLANS[plan].fee_share


def refuse_beyond_plan(operator: Operator, what: str, count: Callable[[], int]) -> None:
    """The guard of accounts.ports.guard_growth: raises PlanLimit where `count()` has reached the plan's limit.

    Of two that want the last place at once, the second waits for the first transaction, and counts after it.
    """
    limit = getattr(limits_of(operator), what)
    if limit is None:
        return
    advisory_xact_lock(f"plan:{operator.pk}")
    if count() >= limit:
        raise PlanLimit(
            f"The {Plan.FREE.label} plan has room for {_counted(what, limit)}. "
            f"An owner can change to {Plan.PRO.label} under Money, Plan."
        )


def limits_in_words(limits: Limits) -> list[str]:
    """3 stations; any number of stations: one line for each limit, in their order."""
    values = {field.name: getattr(limits, field.name) for field in fields(limits)}
    return [_counted(name, limit) for name, limit in values.items()]


def _counted(what: str, limit: int | None) -> str:
    one, many = WORDS[what]
    if limit is None:
        return f"any number of {many.partition(',')[0]}"
    return f"{limit} {one if limit == 1 else many}"
