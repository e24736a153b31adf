"""What Stripe says of a dispute: its row, its books, its events, and the operator's part that follows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import stripe
from django.db import transaction

from evbooking.core import events
from evbooking.core.money import Money
from payments.gateway import money_of, stripe_calls
from payments.ledger import post_dispute, post_fee
from payments.models import BookingAccount, Dispute, Payment
from payments.services.disputes.holding import hold_back, return_held
from payments.services.marking import mark_due
from payments.services.sweeping.batches import each

Status = Dispute.Status
LOOK_BACK: Final = timedelta(days=30)
OPEN: Final = (Status.NEEDS_RESPONSE, Status.UNDER_REVIEW)
STATUS: Final = {
    "warning_needs_response": Status.NEEDS_RESPONSE,
    "warning_under_review": Status.UNDER_REVIEW,
    "warning_closed": Status.WON,
    "needs_response": Status.NEEDS_RESPONSE,
    "under_review": Status.UNDER_REVIEW,
    "prevented": Status.WON,
    "won": Status.WON,
    "lost": Status.LOST,
}


def sync_dispute(stripe_id: str, *, now: datetime) -> Dispute | None:
    """Ask Stripe about a dispute (du_...) and apply what it says; None where its payment is none of ours.

    Open: what the operator got of the money is taken back. Won: it is returned. Lost: it stays gone. Idempotent,
    and run again by `sweep_disputes` until it is decided and all that was won is returned.
    """
    with stripe_calls() as client:
        told = client.v1.disputes.retrieve(stripe_id)
    payment = Payment.objects.filter(stripe_id=_id(told.payment_intent)).exclude(stripe_id=None).first()
    if payment is None:
        return None
    dispute = _kept(payment, told, now)
    status = STATUS[told.status]
    if status == Status.WON:
        return_held(dispute, now=now)
    elif told.balance_transactions:
        hold_back(dispute, now=now)
    return _applied(dispute, told, now)


def sweep_disputes(now: datetime) -> int:
    """Look at every dispute that is open, at those won whose money is not back yet, and at what nobody told about.

    Returns how many. Raises PaymentProviderUnavailable; one dispute that cannot be asked about stops no other.
    """
    unreturned = Dispute.objects.filter(status=Status.WON, returned_id="").exclude(reversal_id="")
    known = (Dispute.objects.filter(status__in=OPEN) | unreturned).values_list("stripe_id", flat=True)
    waiting = [*known, *_untold(now)]
    return each(waiting, partial(sync_dispute, now=now))


def _untold(now: datetime) -> list[str]:
    """Disputes of our payments, of the last LOOK_BACK, whose webhook was lost."""
    since = int((now - LOOK_BACK).timestamp())
    with stripe_calls() as client:
        made = client.v1.disputes.list({"created": {"gte": since}, "limit": 100})
        intents = {one.id: _id(one.payment_intent) for one in made.auto_paging_iter()}
    told = set(Dispute.objects.filter(stripe_id__in=intents).values_list("stripe_id", flat=True))
    ours = set(
        Payment.objects.filter(stripe_id__in=set(intents.values()) - {None}).values_list(
            "stripe_id", flat=True
        )
    )
    return [name for name, intent in intents.items() if name not in told and intent in ours]


@transaction.atomic
def _kept(payment: Payment, told: stripe.Dispute, now: datetime) -> Dispute:
    """The row, made where it is new: what is held back for it is then found again."""
    _lock(payment)
    amount = money_of(told.amount, told.currency)
    values = {
        "payment": payment,
        "amount": amount.amount,
        "currency": amount.currency,
        "reason": told.reason[:64],
        "evidence_due_by": _due_by(told),
        "created_at": datetime.fromtimestamp(told.created, UTC),
        "last_updated": now,
    }
    dispute, is_new = Dispute.objects.get_or_create(stripe_id=told.id, defaults=values)
    if is_new:
        _tell(dispute, "dispute.opened", now)
    return dispute


@transaction.atomic
def _applied(dispute: Dispute, told: stripe.Dispute, now: datetime) -> Dispute:
    """Its state and the books of what moved, after the operator's part was seen to. What is decided stays so."""
    _lock(dispute.payment)
    row = Dispute.objects.select_related("payment__account__booking").get(pk=dispute.pk)
    was_open, status = row.status in OPEN, STATUS[told.status]
    if was_open and (status, _due_by(told)) != (row.status, row.evidence_due_by):
        row.status, row.evidence_due_by, row.last_updated = status, _due_by(told), now
        row.save(update_fields=["status", "evidence_due_by", "last_updated"])
    if told.balance_transactions:
        post_dispute(row)
        _post_fees(row, told)
    if was_open and row.status not in OPEN:
        _tell(row, "dispute.closed", now)
        mark_due(row.payment.account.booking, now=now)
    return row


def _due_by(told: stripe.Dispute) -> datetime | None:
    due_by = told.evidence_details.due_by
    return datetime.fromtimestamp(due_by, UTC) if due_by else None


def _post_fees(dispute: Dispute, told: stripe.Dispute) -> None:
    """Stripe's fee for the dispute, and its return where it was won."""
    fee = Money.zero(dispute.currency)
    for moved in told.balance_transactions:
        part = money_of(moved.fee, moved.currency)
        fee += part
        post_fee(
            dispute.payment,
            balance_transaction=moved.id,
            amount=part,
            occurred_at=datetime.fromtimestamp(moved.created, UTC),
        )
    Dispute.objects.filter(pk=dispute.pk).update(fee=fee.amount)


def _lock(payment: Payment) -> None:
    BookingAccount.objects.select_for_update().get(pk=payment.account_id)
    Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)


def _tell(dispute: Dispute, event: str, now: datetime) -> None:
    account = dispute.payment.account
    data = {
        "dispute_id": dispute.pk,
        "payment_id": dispute.payment_id,
        "booking": account.booking.reference,
        "driver_id": dispute.payment.driver_id,
        "operator_id": account.operator_id,
        "amount": f"{dispute.amount:f}",
        "currency": dispute.currency,
        "status": dispute.status,
        "evidence_due_by": dispute.evidence_due_by,
    }
    events.publish(event, subject=f"dispute:{dispute.pk}", data=data, now=now)


def _id(reference: stripe.PaymentIntent | str | None) -> str | None:
    return reference.id if isinstance(reference, stripe.PaymentIntent) else reference
