"""Cards that failed: their drivers are reminded once, and then the slot goes to somebody else."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from bookings.services.paying import lose_payment
from evbooking.core.errors import WrongState
from payments.errors import PaymentProviderUnavailable
from payments.models import BookingAccount, Payment
from payments.services.sweeping.authorising import ask_driver
from payments.services.sweeping.batches import BATCH, each
from payments.services.sweeping.holds import closed_payment

REMIND_BEFORE: Final = timedelta(hours=6)
REASON: Final = "Your card could not be authorised in time."


def remind_failed(now: datetime) -> int:
    """Remind 6 hours before a grace ends, and end the bookings whose grace is over; returns how many were either."""
    failed = BookingAccount.objects.filter(state=BookingAccount.State.OPEN, grace_until__isnull=False)
    soon = failed.filter(grace_until__gt=now, grace_until__lte=now + REMIND_BEFORE, reminded_at=None)
    over = failed.filter(grace_until__lte=now).order_by("grace_until")
    return each(soon[:BATCH], partial(_remind, now=now)) + each(over[:BATCH], partial(_lose, now=now))


@transaction.atomic
def _remind(account: BookingAccount, *, now: datetime) -> None:
    found = _locked(account)
    payment = _failed_payment(found)
    if found.grace_until is None or found.reminded_at is not None or payment is None:
        return
    found.reminded_at = found.last_updated = now
    found.save(update_fields=["reminded_at", "last_updated"])
    if payment.last_updated <= now - REMIND_BEFORE:  # else they have just been told
        ask_driver(found, payment, now=now)


def _lose(account: BookingAccount, *, now: datetime) -> bool:
    """False while the driver's last attempt is not known to have failed."""
    paying = account.payments.filter(Q(purpose=Payment.Purpose.CHECKOUT), status__in=Payment.OPEN).first()
    grace_until = account.grace_until or now
    if paying is not None:
        try:
            if closed_payment(paying, now=now).status in Payment.SECURING:
                return True
        except PaymentProviderUnavailable:
            if now < grace_until + timedelta(minutes=settings.EVB_PAYMENT_GRACE_MINUTES):
                return False
    _end(account, now)
    return True


@transaction.atomic
def _end(account: BookingAccount, now: datetime) -> None:
    found = _locked(account)
    if found.grace_until is None or found.grace_until > now:
        return
    found.grace_until, found.last_updated = None, now
    found.save(update_fields=["grace_until", "last_updated"])
    with suppress(WrongState):  # it has begun, or is over
        lose_payment(found.booking, reason=REASON, now=now)


def _locked(account: BookingAccount) -> BookingAccount:
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking__station")
    return accounts.get(pk=account.pk)


def _failed_payment(account: BookingAccount) -> Payment | None:
    failed = account.payments.filter(status=Payment.Status.FAILED, purpose=Payment.Purpose.SCHEDULED)
    return failed.order_by("-created_at").first()
