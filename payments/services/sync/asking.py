"""Asking Stripe about a payment, and closing one that nobody shall pay any more."""

from __future__ import annotations

import logging
from datetime import datetime

from payments.gateway import stripe_calls
from payments.models import Payment, Refund
from payments.reading import Told, told_of
from payments.services.customers import customer_of
from payments.services.intents import IntentLost, close_intent, find_intent, retrieve_intent
from payments.services.refunds import send_refund
from payments.services.series import secure_series
from payments.services.sync.applying import applied
from payments.services.sync.securing import SLOT_TAKEN

logger = logging.getLogger(__name__)


def sync_payment(payment: Payment, *, now: datetime) -> Payment:
    """Ask Stripe for the payment's intent and apply what it says; returns the row as it is then.

    Idempotent and free of order: what is late or old changes nothing. A payment that Stripe does not know yet stays
    as it is; one that it does not know any more FAILED, unless it was paid. Raises PaymentProviderUnavailable, and
    nothing changes.
    """
    if payment.stripe_id is None:
        return payment
    told = _told(payment)
    row = applied(payment, told, now=now)
    if row.status == Payment.Status.CANCELED != told.status:  # closed here before its intent was known
        with stripe_calls() as client:
            close_intent(client, row)
    if row.purpose == Payment.Purpose.SERIES and row.status == Payment.Status.SAVED:
        secure_series(row, now=now)
    return give_back_unused(row, now=now) if row.failure_code == SLOT_TAKEN else row


def release_payment(payment: Payment, *, now: datetime) -> Payment:
    """Cancel what is reserved or not yet paid. What was paid meanwhile stays, and is found by reading it back.

    One whose answer was lost is looked for where its bank was asked at once. Raises PaymentProviderUnavailable.
    """
    if payment.stripe_id is None and payment.purpose == Payment.Purpose.SCHEDULED:
        _find(payment, now)
    if payment.stripe_id is None:
        unknown = Payment.objects.filter(pk=payment.pk, stripe_id=None, status__in=Payment.OPEN)
        unknown.update(status=Payment.Status.CANCELED, last_updated=now)
        payment.refresh_from_db()
        return payment
    with stripe_calls() as client:
        close_intent(client, payment)
    return sync_payment(payment, now=now)


def _told(payment: Payment) -> Told:
    try:
        with stripe_calls() as client:
            return told_of(retrieve_intent(client, payment), currency=payment.currency)
    except IntentLost:
        logger.error("Stripe does not know %s of payment %s", payment.stripe_id, payment.pk)  # noqa: TRY400 - no bug
        return Told.lost(payment.currency)


def _find(payment: Payment, now: datetime) -> None:
    customer = customer_of(payment.driver, now=now)
    with stripe_calls() as client:
        payment.stripe_id = find_intent(client, payment, customer)
    Payment.objects.filter(pk=payment.pk, stripe_id=None).update(stripe_id=payment.stripe_id)


def give_back_unused(payment: Payment, *, now: datetime) -> Payment:
    """Money for a dearer slot that was gone, of a booking that stands where it was: release it, or send it back."""
    if payment.status == Payment.Status.AUTHORISED:
        return release_payment(payment, now=now)
    for refund in payment.refunds.filter(status=Refund.Status.PENDING, stripe_id=None):
        send_refund(refund, now=now)
    return payment
