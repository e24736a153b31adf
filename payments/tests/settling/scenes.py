"""Settlings that need one thing of Stripe each, and how each must end whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction

from charging.services.bills import adjust_cdr
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, Payment, Refund
from payments.services.marking import mark_due
from payments.tests.bills import END
from payments.tests.settling.till import Till, books


@dataclass(frozen=True)
class Scene:
    """`request` is what Stripe is asked for; in the end `taken` is kept, `fee` of it by the platform."""

    request: str
    arrange: Callable[[Till], BookingAccount]
    taken: Decimal = Decimal("5.50")
    fee: Decimal = Decimal("0.28")
    payments: int = 1
    refunds: int = 0


def authorised(till: Till) -> BookingAccount:
    account, _ = till.visit()
    till.authorise(account)
    return account


def too_little(till: Till) -> BookingAccount:
    account, _ = till.visit()
    till.authorise(account, "4.00", raisable=True)
    return account


def only_saved(till: Till) -> BookingAccount:
    account, _ = till.visit()
    till.customer()
    return account


def canceled(till: Till) -> BookingAccount:
    account = till.booking(S.CANCELED)
    till.authorise(account)
    return account


def reduced(till: Till) -> BookingAccount:
    """Settled, and then the bill is 1.10 EUR lower."""
    account, cdr = till.visit()
    till.authorise(account)
    till.settle(account)
    adjust_cdr(cdr, amount=Decimal("-1.10"), reason="too slow", actor=None, now=END)
    return account


_LESS: Final = {"taken": Decimal("4.40"), "fee": Decimal("0.22"), "refunds": 1}
SCENES: Final = {
    "capture": Scene("/capture", authorised),
    "increase": Scene("/increment_authorization", too_little),
    "charge": Scene("POST /v1/payment_intents", only_saved),
    "release": Scene("/cancel", canceled, taken=Decimal(0), fee=Decimal(0)),
    "look for refunds": Scene("GET /v1/refunds", reduced, **_LESS),  # type: ignore[arg-type]
    "refund": Scene("POST /v1/refunds", reduced, **_LESS),  # type: ignore[arg-type]
    "fee": Scene("POST /v1/application_fees", reduced, **_LESS),  # type: ignore[arg-type]
}


def due(account: BookingAccount) -> BookingAccount:
    with transaction.atomic():
        mark_due(account.booking, now=END)
    account.refresh_from_db()
    return account


def assert_ended(scene: Scene, till: Till, account: BookingAccount) -> None:
    """Everything was done, and everything once."""
    account.refresh_from_db()
    assert (account.state, account.last_error) == ("SETTLED", "")
    assert till.taken_at_stripe(account) == scene.taken
    assert till.fee_at_stripe(account) == scene.fee
    assert till.operator_has(account) == scene.taken - scene.fee
    assert Payment.objects.filter(account=account).count() == scene.payments
    assert Refund.objects.filter(payment__account=account).count() == scene.refunds
    held = books(account)
    assert "DRIVER_RECEIVABLE" not in held
    assert held.get("OPERATOR_BALANCE", 0) == scene.taken - scene.fee
    assert -held.get("PLATFORM_FEE", 0) == scene.fee
