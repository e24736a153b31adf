"""The way to Stripe: one client, amounts in its minor units, its failures by our names.

Nothing here runs inside a database transaction: a slow Stripe must not hold a row. Sandbox and Stripe differ by
STRIPE_SECRET_KEY and STRIPE_API_BASE only.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import requests
import stripe
from django.conf import settings
from django.db import connection
from requests.utils import get_environ_proxies

from evbooking.core.money import Money
from payments.amounts import stripe_unit
from payments.errors import AccountUnknown, PaymentProviderUnavailable

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 10
RETRIES: Final = 1
_STRIPE: Final = "https://api.stripe.com"
MISSING: Final = "resource_missing"
FOREIGN: Final = "account_invalid"


_AWAY: Final = (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError, stripe.APIError)


class InsideTransaction(RuntimeError):
    """Stripe was about to be called while a transaction was open."""


@contextmanager
def stripe_calls() -> Iterator[stripe.StripeClient]:
    """The client, for calls outside any transaction. A Stripe that is down, slow, overloaded or busy with the same
    request, or does not know our key, becomes PaymentProviderUnavailable, and an operator's account that our key has
    no access to AccountUnknown; what it refuses (CardError, InvalidRequestError) is the caller's to read.
    """
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise InsideTransaction("Stripe is called outside transactions only.")
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        if is_foreign(error):
            raise AccountUnknown from error
        logger.critical("Stripe does not accept our key: %s", type(error).__name__)
        raise PaymentProviderUnavailable from error
    except _AWAY as error:
        raise PaymentProviderUnavailable from error


def is_missing(error: stripe.StripeError) -> bool:
    """Whether Stripe knows no such object: it is of another account, of a sandbox that was wiped, or deleted."""
    return error.code == MISSING


def is_foreign(error: stripe.StripeError) -> bool:
    """Whether our key has no access to the operator's account: it is of another platform, or was closed there."""
    return error.error is not None and error.error.code == FOREIGN


def minor(money: Money) -> int:
    """The amount as Stripe writes it: cents of EUR, yen, fils of KWD. Raises ValueError where it has no such coin."""
    amount = money.amount / stripe_unit(money.currency)
    if amount != int(amount):
        raise ValueError(f"{money} cannot be asked of a card.")
    return int(amount)


def money_of(amount: int, currency: str) -> Money:
    """Money from Stripe's integer amount and lower-case currency."""
    code = currency.upper()
    return Money(amount * stripe_unit(code), code)


@lru_cache(maxsize=2)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS, session=_session(base or _STRIPE)),
    )


def _session(base: str) -> requests.Session:
    """One for all threads. The environment's proxies are looked up once: each time would take half a millisecond."""
    session = requests.Session()
    session.trust_env, session.proxies = False, dict(get_environ_proxies(base))
    return session
