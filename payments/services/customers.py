"""Drivers as Stripe's customers, under whom their cards are saved."""

from datetime import datetime
from typing import Any

import stripe
from django.conf import settings

from accounts.models import User
from payments.gateway import stripe_calls
from payments.models import Customer


def customer_of(driver: User, *, now: datetime) -> str:
    """The driver's id at Stripe (cus_...), made at the first payment; asked for twice at once, it is the same one.

    Stripe is told the address that receipts go to, and our id. Raises PaymentProviderUnavailable.
    """
    row, _ = Customer.objects.get_or_create(driver=driver, defaults={"created_at": now})
    if row.stripe_id is not None:
        return row.stripe_id
    with stripe_calls() as client:
        made = client.v1.customers.create(
            _described(driver), {"idempotency_key": f"evb-customer-{driver.pk}"}
        )
    if Customer.objects.filter(driver=driver, stripe_id=None).update(stripe_id=made.id):
        return made.id
    return str(Customer.objects.values_list("stripe_id", flat=True).get(driver=driver))


def ephemeral_key_of(customer: str) -> str:
    """A key with which the driver's app sees their saved cards for an hour. Raises PaymentProviderUnavailable."""
    with stripe_calls() as client:
        made = client.v1.ephemeral_keys.create({"customer": customer}, {"stripe_version": stripe.api_version})
    return str(made.secret)


def _described(driver: User) -> Any:
    named = {"driver": str(driver.pk), "installation": settings.EVB_INSTALLATION}
    return {"email": driver.email, "metadata": named}
