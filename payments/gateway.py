"""The way to Stripe: one client, amounts in its minor units, its failures by our names.

Nothing here runs inside a database transaction: a slow Stripe must not hold a row. Sandbox and Stripe differ by
STRIPE_SECRET_KEY and STRIPE_API_BASE only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Final

import stripe
from django.conf import settings
from django.db import connection

from evbooking.core.money import Money, minor_unit
from payments.errors import PaymentProviderUnavailable

TIMEOUT_SECONDS: Final = 10
RETRIES: Final = 1


class InsideTransaction(RuntimeError):
    """Stripe was about to be called while a transaction was open."""


@contextmanager
def stripe_calls() -> Iterator[stripe.StripeClient]:
    """The client, for calls outside any transaction. A Stripe that is down, slow or overloaded becomes
    PaymentProviderUnavailable; what it refuses (CardError, InvalidRequestError) is the caller's to read.
    """
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise InsideTransaction("Stripe is called outside transactions only.")
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentProviderUnavailable from error
    except stripe.APIError as error:  # 5xx
        raise PaymentProviderUnavailable from error


def minor(money: Money) -> int:
    """The amount in Stripe's smallest unit: cents of EUR, yen, fils of KWD."""
    return int(money.amount / minor_unit(money.currency))


def money_of(amount: int, currency: str) -> Money:
    """Money from Stripe's integer amount and lower-case currency."""
    code = currency.upper()
    return Money(Decimal(amount) * minor_unit(code), code)


@lru_cache(maxsize=2)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )
