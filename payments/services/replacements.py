"""Letting go of the dearer slot that is kept for a booking: the booking stays where it is."""

from datetime import datetime

from django.db import transaction

from bookings.models import Booking
from bookings.selectors.replacements import open_replacement
from bookings.services.replacing import drop_replacement
from evbooking.core.errors import WrongState
from payments.models import BookingAccount, Payment
from payments.services.sync import release_payment


def let_replacement_go(booking: Booking, *, now: datetime) -> bool:
    """Close what was begun to be paid for the slot, and free it; False where none is kept.

    Raises WrongState where it was paid meanwhile, so that the booking has moved, or where the bank has not answered,
    and PaymentProviderUnavailable: then the slot is kept for its time, as before.
    """
    slot = open_replacement(booking, now=now)
    if slot is None:
        return False
    for payment in Payment.objects.filter(replacement=slot, status__in=Payment.OPEN):
        _close(payment, now)
    with transaction.atomic():
        BookingAccount.objects.select_for_update().filter(booking=booking).first()
        drop_replacement(slot, now=now)
    return True


def _close(payment: Payment, now: datetime) -> None:
    found = release_payment(payment, now=now)
    if found.status in Payment.SECURING:
        raise WrongState("The difference is paid already: your booking has moved.")
    if found.status in Payment.OPEN:
        raise WrongState("Your bank has not answered yet. Try again in a minute.")
