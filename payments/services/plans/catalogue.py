"""What is sold, at Stripe: a product for the plan and a price that is found by its lookup key."""

from typing import Final

import stripe

from payments.gateway import minor, stripe_calls
from payments.models import OperatorPlan
from payments.plans import PLANS

_NAME: Final = "evbooking Pro"


def price_id(plan: OperatorPlan.Plan = OperatorPlan.Plan.PRO) -> str:
    """The id of the plan's monthly price at Stripe, made when it is first asked for.

    The amount is part of the lookup key: a new price is a new object, and who has the old one keeps it.
    """
    key = lookup_key(plan)
    with stripe_calls() as client:
        found = client.v1.prices.list({"lookup_keys": [key], "active": True, "limit": 1}).data
        return str((found[0] if found else _create(client, plan, key)).id)


def lookup_key(plan: OperatorPlan.Plan) -> str:
    price = PLANS[plan].price
    return f"evbooking-{plan.lower()}-month-{minor(price)}-{price.currency.lower()}"


def _create(client: stripe.StripeClient, plan: OperatorPlan.Plan, key: str) -> stripe.Price:
    price = PLANS[plan].price
    product = client.v1.products.create(
        {"name": _NAME, "metadata": {"plan": plan}}, {"idempotency_key": f"evb-product-{key}"}
    )
    return client.v1.prices.create(
        {
            "product": product.id,
            "unit_amount": minor(price),
            "currency": price.currency.lower(),
            "recurring": {"interval": "month"},
            "lookup_key": key,
        },
        {"idempotency_key": f"evb-price-{key}"},
    )
