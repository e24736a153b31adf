"""Drivers as Stripe's customers, under whom their cards are saved."""

import logging
from datetime import datetime
from typing import Any, Final

import stripe
from django.conf import settings
from django.db import connection

from accounts.models import User
from payments.gateway import is_missing, stripe_calls
from payments.models import Customer

logger = logging.getLogger(__name__)

_KNOWN: Final = "SELECT stripe_id FROM payments_customer WHERE driver_id = %s AND stripe_id IS NOT NULL"
_KEEP: Final = """
INSERT INTO payments_customer AS known (driver_id, stripe_id, created_at) VALUES (%s, %s, %s)
ON CONFLICT (driver_id) DO UPDATE SET stripe_id = coalesce(known.stripe_id, EXCLUDED.stripe_id)
RETURNING stripe_id
"""


def customer_of(driver: User, *, now: datetime) -> str:
    """The driver's id at Stripe (cus_...), made at the first payment; asked for twice at once, it is the same one.

    Stripe is told the address that receipts go to, and our id. Raises PaymentProviderUnavailable.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [driver.pk])
        known = cursor.fetchone()
    if known:
        return str(known[0])
    with stripe_calls() as client:
        made = client.v1.customers.create(
            _described(driver), {"idempotency_key": f"evb-customer-{driver.pk}"}
        )
    return _kept(driver, made.id, now)


def replace_customer(driver: User, lost: str, *, now: datetime) -> str:
    """The driver's new id at Stripe, which does not know the `lost` one; who replaces the same one gets the same.

    Raises PaymentProviderUnavailable.
    """
    with stripe_calls() as client:
        made = client.v1.customers.create(
            _described(driver), {"idempotency_key": f"evb-customer-{driver.pk}-after-{lost}"}
        )
    Customer.objects.filter(driver=driver, stripe_id=lost).update(stripe_id=made.id)
    logger.error("Stripe does not know customer %s; the driver is %s from now on", lost, made.id)
    return customer_of(driver, now=now)


def ephemeral_key_of(customer: str) -> str | None:
    """A key with which the driver's app sees their saved cards for an hour; None for a customer Stripe does not know.

    Raises PaymentProviderUnavailable.
    """
    with stripe_calls() as client:
        try:
            made = client.v1.ephemeral_keys.create(
                {"customer": customer}, {"stripe_version": stripe.api_version}
            )
        except stripe.InvalidRequestError as error:
            if not is_missing(error):
                raise
            return None
    return str(made.secret)


def _kept(driver: User, stripe_id: str, now: datetime) -> str:
    """The id that is kept from now on: of two that are made at once, the first."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [driver.pk, stripe_id, now])
        return str(cursor.fetchone()[0])


def _described(driver: User) -> Any:
    named = {"driver": str(driver.pk), "installation": settings.EVB_INSTALLATION}
    return {"email": driver.email, "metadata": named}
