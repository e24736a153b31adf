"""A refund on its way: committed first, then asked of Stripe under the row's name, then booked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from evbooking.core.money import Money
from payments.gateway import minor, money_of, stripe_calls
from payments.ledger import post_refund, post_reversal
from payments.models import BookingAccount, Payment, Refund
from payments.services.refunds.taking_back import sent_anew, take_back
from payments.services.refunds.telling import tell

logger = logging.getLogger(__name__)

STATUS: Final = {
    "pending": Refund.Status.PENDING,
    "requires_action": Refund.Status.PENDING,
    "succeeded": Refund.Status.SUCCEEDED,
    "failed": Refund.Status.FAILED,
    "canceled": Refund.Status.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What Stripe made of a refund: itself, and each reversal of the operator's part with what it took from it."""

    refund: stripe.Refund
    taken: list[tuple[stripe.TransferReversal, Money]]


def begin_refund(
    payment: Payment,
    amount: Money,
    *,
    returned: Money,
    fee: Money,
    reason: Refund.Reason,
    words: str = "",
    actor: User | None = None,
    now: datetime,
) -> Refund:
    """Commit that `amount` goes back to the card, in the transaction that decided so.

    The operator gives back `returned`, all of it or nothing, and gets `fee` of the platform's fee again.
    """
    refund = Refund.objects.create(
        payment=payment,
        amount=amount.amount,
        currency=amount.currency,
        reversed_amount=returned.amount if payment.destination else 0,
        fee_refunded=fee.amount if payment.destination else 0,
        reason=reason,
        words=words,
        requested_by=actor,
        created_at=now,
        last_updated=now,
    )
    tell(refund, "refund.created", actor=actor, now=now)
    return refund


def send_refund(refund: Refund, *, now: datetime) -> Refund:
    """Ask Stripe for a refund that was begun, and book it. What Stripe refuses is FAILED and alarmed.

    Killed on the way and run again it finds what it did: by Stripe's memory of the key, or by the row's id.
    """
    try:
        with stripe_calls() as client:
            sent = _sent(client, refund)
    except stripe.InvalidRequestError as error:
        return _refused(refund, error.code or "refused", now)
    return _booked(refund, sent, now)


def _sent(client: stripe.StripeClient, refund: Refund) -> Sent:
    made = client.v1.refunds.list(
        {
            "payment_intent": str(refund.payment.stripe_id),
            "limit": 100,
            "expand": ["data.transfer_reversal", "data.charge"],
        }
    )
    known = next(
        (one for one in made.auto_paging_iter() if getattr(one.metadata, "refund", "") == str(refund.pk)),
        None,
    )
    found = known or _asked(client, refund)
    reversal = found.transfer_reversal
    if refund.reversed_amount and not reversal:
        parts = take_back(client, refund, _named(refund))
        return Sent(found, [(one, _amount(one)) for one in parts])
    if refund.fee_refunded:
        _give_fee_back(client, refund, found)
    if not isinstance(reversal, stripe.TransferReversal):
        return Sent(found, [])
    return Sent(found, [(reversal, _amount(reversal) - Money(refund.fee_refunded, refund.currency))])


def _amount(reversal: stripe.TransferReversal) -> Money:
    return money_of(reversal.amount, reversal.currency)


def _asked(client: stripe.StripeClient, refund: Refund) -> stripe.Refund:
    asked: dict[str, Any] = {
        "payment_intent": refund.payment.stripe_id,
        "amount": minor(Money(refund.amount, refund.currency)),
        "metadata": _named(refund),
        "expand": ["transfer_reversal", "charge"],
    }
    if refund.reversed_amount and not sent_anew(refund.payment):
        asked["reverse_transfer"] = True
    if refund.reason == Refund.Reason.DUPLICATE:
        asked["reason"] = "duplicate"
    return client.v1.refunds.create(
        asked,  # type: ignore[arg-type]
        {"idempotency_key": f"evb-refund-{refund.pk}"},
    )


def _give_fee_back(client: stripe.StripeClient, refund: Refund, found: stripe.Refund) -> None:
    """The platform's part goes back to the operator to the cent, not by Stripe's own rounding."""
    charge = found.charge
    assert isinstance(charge, stripe.Charge), "it was asked for with the refund"
    fee = str(charge.application_fee)
    given = client.v1.application_fees.refunds.list(fee, {"limit": 100})
    if any(getattr(one.metadata, "refund", "") == str(refund.pk) for one in given.auto_paging_iter()):
        return
    client.v1.application_fees.refunds.create(
        fee,
        {
            "amount": minor(Money(refund.fee_refunded, refund.currency)),
            "metadata": _named(refund),
        },
        {"idempotency_key": f"evb-refund-fee-{refund.pk}"},
    )


def _named(refund: Refund) -> dict[str, str]:
    return {
        "refund": str(refund.pk),
        "payment": str(refund.payment_id),
        "installation": settings.EVB_INSTALLATION,
    }


@transaction.atomic
def _booked(refund: Refund, sent: Sent, now: datetime) -> Refund:
    row = locked_refund(refund)
    if row.stripe_id is not None:
        return row
    row.stripe_id = sent.refund.id
    row.status = STATUS[sent.refund.status or "pending"]
    row.last_updated = now
    row.save(update_fields=["stripe_id", "status", "last_updated"])
    post_refund(row)
    for reversal, amount in sent.taken:
        at = datetime.fromtimestamp(reversal.created, UTC)
        post_reversal(row.payment, reversal=reversal.id, amount=amount, occurred_at=at)
    if row.status == Refund.Status.SUCCEEDED:
        tell(row, "refund.succeeded", now=now)
    return row


@transaction.atomic
def _refused(refund: Refund, code: str, now: datetime) -> Refund:
    """Stripe takes no such refund: no money moved."""
    row = locked_refund(refund)
    if row.stripe_id is not None or row.status != Refund.Status.PENDING:
        return row
    row.status, row.failure_reason = Refund.Status.FAILED, code[:64]
    row.reversed_amount = row.fee_refunded = 0
    row.last_updated = now
    row.save()
    tell(row, "refund.failed", now=now)
    logger.error(
        "Refund %s of booking %s was refused: %s", row.pk, row.payment.account.booking.reference, code
    )
    return row


def locked_refund(refund: Refund) -> Refund:
    """The row as it is now, after its account and payment were locked. Needs a transaction."""
    BookingAccount.objects.select_for_update().get(payments__pk=refund.payment_id)
    Payment.objects.select_for_update(of=("self",)).get(pk=refund.payment_id)
    related = Refund.objects.select_related("payment__account__booking")
    return related.select_for_update(of=("self",)).get(pk=refund.pk)
