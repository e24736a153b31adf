"""What moved at Stripe, written to the tables as Stripe would have told it."""

import itertools
from decimal import Decimal
from typing import Any

from payments.models import BookingAccount, Dispute, OperatorAccount, Payment, Payout, Refund
from payments.tests.bills import END

_serial = itertools.count(1)


def captured(account: BookingAccount, amount: str, **fields: Any) -> Payment:
    serial = next(_serial)
    values: dict[str, Any] = {
        "kind": Payment.Kind.AUTHORISATION,
        "purpose": Payment.Purpose.CHECKOUT,
        "status": Payment.Status.CAPTURED,
        "captured_amount": Decimal(amount),
        "stripe_id": f"pi_{serial}",
        "charge_id": f"ch_{serial}",
        "captured_at": END,
        "created_at": END,
        "last_updated": END,
        **fields,
    }
    driver = account.booking.driver
    return Payment.objects.create(
        account=account, driver=driver, currency=account.currency, amount=Decimal(amount), **values
    )


def refunded(payment: Payment, amount: str, **fields: Any) -> Refund:
    values: dict[str, Any] = {
        "status": Refund.Status.SUCCEEDED,
        "reason": Refund.Reason.CORRECTION,
        "stripe_id": f"re_{next(_serial)}",
        "created_at": END,
        "last_updated": END,
        **fields,
    }
    return Refund.objects.create(payment=payment, amount=Decimal(amount), currency=payment.currency, **values)


def disputed(payment: Payment, amount: str, **fields: Any) -> Dispute:
    values: dict[str, Any] = {
        "stripe_id": f"du_{next(_serial)}",
        "created_at": END,
        "last_updated": END,
        **fields,
    }
    return Dispute.objects.create(
        payment=payment, amount=Decimal(amount), currency=payment.currency, **values
    )


def paid_out(account: OperatorAccount, amount: str, **fields: Any) -> Payout:
    values: dict[str, Any] = {
        "currency": "EUR",
        "status": Payout.Status.PAID,
        "stripe_id": f"po_{next(_serial)}",
        "created_at": END,
        "last_updated": END,
        **fields,
    }
    return Payout.objects.create(account=account, amount=Decimal(amount), **values)
