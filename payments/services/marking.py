"""Noting that a booking's money has to be brought together with its bills."""

from datetime import datetime

from django.db import connection

from bookings.models import Booking
from payments.models import BookingAccount


def mark_due(booking: Booking, *, now: datetime) -> bool:
    """Have the booking's account settled from `now` on; False where nothing is paid online.

    In the transaction of what made it due: a killed worker leaves a row that the sweeper finds. Raises
    RuntimeError outside one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An account is marked in the transaction that makes it due.")
    account = BookingAccount.objects.filter(booking=booking)
    due = account.update(
        state=BookingAccount.State.DUE, due_at=now, attempts=0, asked=0, last_error="", last_updated=now
    )
    return bool(due)
