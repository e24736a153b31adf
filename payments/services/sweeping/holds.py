"""Holds whose time is over while their payment is under way: Stripe is asked before the slot is let go."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from bookings.models import Booking
from bookings.services.paying import expire_hold
from bookings.services.replacing import drop_replacement
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus as S
from payments.errors import PaymentProviderUnavailable
from payments.models import BookingAccount, Payment
from payments.selectors.series import series_payments
from payments.services.sweeping.batches import BATCH, each
from payments.services.sync import release_payment, sync_payment


def sweep_holds(now: datetime) -> int:
    """Confirm what was paid and let go of what was not; returns how many holds came to an end.

    While Stripe does not answer a slot is kept, but at most EVB_PAYMENT_GRACE_MINUTES longer: a success that comes
    after that claims the slot again, or the money goes back.
    """
    late = Booking.objects.filter(
        status=S.HELD, payment_status=Booking.PaymentStatus.PROCESSING, hold_expires_at__lte=now
    )
    return each(late.order_by("hold_expires_at")[:BATCH], partial(_end, now=now))


def closed_payment(payment: Payment, *, now: datetime) -> Payment:
    """The payment as Stripe has it; one that nobody has paid is canceled there, so that nobody pays it any more."""
    found = sync_payment(payment, now=now)
    return release_payment(found, now=now) if found.status in Payment.OPEN else found


def _end(slot: Booking, *, now: datetime) -> bool:
    """False when it is kept for a while, as its payment is not known to be over."""
    payment = _open_payment(slot)
    kept_until = (slot.hold_expires_at or now) + timedelta(minutes=settings.EVB_PAYMENT_GRACE_MINUTES)
    if payment is not None:
        try:
            payment = closed_payment(payment, now=now)
        except PaymentProviderUnavailable:
            if now < kept_until:
                return False
        if payment.status in Payment.SECURING:
            return True
        if payment.status in Payment.OPEN and now < kept_until:
            return False
    _let_go(slot, now)
    return True


def _open_payment(slot: Booking) -> Payment | None:
    payments = Payment.objects.filter(status__in=Payment.OPEN, account__booking=slot.replaces_id or slot.pk)
    if slot.replaces_id is not None:
        return payments.filter(replacement=slot).first()
    if slot.series_id is not None:
        known = (*Payment.OPEN, Payment.Status.SAVED)
        return series_payments(slot.series_id).filter(status__in=known).order_by("-created_at").first()
    return payments.filter(purpose=Payment.Purpose.CHECKOUT).first()


@transaction.atomic
def _let_go(slot: Booking, now: datetime) -> None:
    owner = slot.replaces_id or slot.pk
    BookingAccount.objects.select_for_update().filter(booking=owner).first()
    if slot.replaces_id is not None:
        drop_replacement(slot, now=now)
        return
    with suppress(WrongState):  # somebody else has ended it
        expire_hold(slot, now=now)
