"""Payments that no webhook told about: Stripe is asked, and what nobody waits for any more is closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import Exists, OuterRef, Q

from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, Payment, Refund
from payments.services.sweeping.batches import BATCH, each, has_rested
from payments.services.sync import give_back_unused, release_payment, sync_payment
from payments.services.sync.securing import SLOT_TAKEN

Status = Payment.Status
Purpose = Payment.Purpose

ASK_AFTER: Final = timedelta(minutes=2)
GIVE_UP_AFTER: Final = timedelta(hours=24)
_OWED: Final = (BookingAccount.State.UNPAID, BookingAccount.State.DUE)
_FEES_COME_WITHIN: Final = timedelta(days=3)


def sweep_payments(now: datetime) -> int:
    """Ask about open payments, lapsed authorisations and fees that are not known yet; returns how many were.

    A payment is asked about after ASK_AFTER, and then each time when it has waited twice as long.
    """
    return (
        each(_unneeded()[:BATCH], partial(release_payment, now=now))
        + each(_quiet(now)[:BATCH], partial(_ask, now=now))
        + each(_unused()[:BATCH], partial(give_back_unused, now=now))
    )


def _ask(payment: Payment, *, now: datetime) -> None:
    found = sync_payment(payment, now=now)
    if found.status in Payment.OPEN and now - found.created_at > GIVE_UP_AFTER:
        release_payment(found, now=now)
    Payment.objects.filter(pk=payment.pk).update(last_updated=now)


def _quiet(now: datetime) -> list[Payment]:
    """What may have changed at Stripe without our knowing."""
    known = Payment.objects.exclude(stripe_id=None).filter(last_updated__lte=now - ASK_AFTER)
    fee_missing = Q(status=Status.CAPTURED, stripe_fee=0, captured_at__gt=now - _FEES_COME_WITHIN)
    asked = known.filter(has_rested(now), Q(status__in=Payment.OPEN) | fee_missing)
    lapsed = known.filter(status=Status.AUTHORISED, capture_before__lte=now)
    return [*asked.order_by("last_updated")[:BATCH], *lapsed.order_by("last_updated")[:BATCH]]


def _unneeded() -> list[Payment]:
    """Open, and nobody waits for it: the slot is gone, or what it should secure is secured."""
    states = Q(account__booking__status=S.HELD) | Q(account__state__in=_OWED)
    card_failed = Q(account__booking__payment_status=Booking.PaymentStatus.FAILED)
    promised = Q(account__booking__status__in=[S.RESERVED, S.PENDING, S.FULFILLED])
    at_checkout = Q(purpose=Purpose.CHECKOUT) & ~(states | (promised & card_failed))
    moving = Q(purpose=Purpose.RESCHEDULE) & ~Q(replacement__status=S.HELD)
    waiting = Booking.objects.filter(series=OuterRef("account__booking__series"), status=S.HELD)
    of_series = Q(purpose=Purpose.SERIES) & ~Exists(waiting)
    unneeded = Payment.objects.filter(at_checkout | moving | of_series, status__in=Payment.OPEN)
    return list(unneeded.order_by("last_updated")[:BATCH])


def _unused() -> list[Payment]:
    """Paid for a dearer slot that was gone, and not yet on its way back."""
    begun = Refund.objects.filter(status=Refund.Status.PENDING, stripe_id=None).values("payment")
    late = Payment.objects.filter(failure_code=SLOT_TAKEN)
    return list(late.filter(Q(status=Status.AUTHORISED) | Q(pk__in=begun))[:BATCH])
