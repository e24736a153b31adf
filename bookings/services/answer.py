"""The operator's answer to a booking that waits for it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.transitions import move, require
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus


def approve(booking: Booking, *, actor: User, now: datetime) -> Booking:
    """PENDING > RESERVED. Raises WrongState, also once the time to answer has passed."""
    _require_open_question(booking, now)
    with transaction.atomic():
        return move(booking, ReservationStatus.RESERVED, actor=actor, now=now)


def reject(booking: Booking, *, actor: User, now: datetime, reason: str = "") -> Booking:
    """PENDING > REJECTED, with words for the driver. Raises WrongState, also once the time has passed."""
    _require_open_question(booking, now)
    with transaction.atomic():
        return move(booking, ReservationStatus.REJECTED, actor=actor, now=now, reason=reason)


def _require_open_question(booking: Booking, now: datetime) -> None:
    require(booking, ReservationStatus.PENDING)
    if booking.answer_by is not None and booking.answer_by <= now:
        raise WrongState("The time to answer has passed.")
