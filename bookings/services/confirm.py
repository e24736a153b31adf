"""Confirming a hold: from kept for ten minutes to promised."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.errors import HoldExpired, PaymentRequired
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from bookings.transitions import move, require
from evbooking.core.ocpi import ReservationStatus

_SECURED = frozenset(
    {Booking.PaymentStatus.NONE, Booking.PaymentStatus.SECURED, Booking.PaymentStatus.CAPTURED}
)


def confirm(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """Turn a hold with nothing left to pay now into RESERVED, or PENDING where the operator must answer.

    Raises HoldExpired, PaymentRequired, or WrongState when the booking is no hold any more.
    """
    if booking.status == ReservationStatus.EXPIRED or _has_run_out(booking, now):
        raise HoldExpired
    require(booking, ReservationStatus.HELD)
    if booking.payment_status not in _SECURED:
        raise PaymentRequired
    terms = AcceptedTerms.from_json(booking.terms)
    with transaction.atomic():
        if terms.approval_required:
            answer_by = terms.answer_by(now, booking.start)
            return move(booking, ReservationStatus.PENDING, actor=actor, now=now, answer_by=answer_by)
        return move(booking, ReservationStatus.RESERVED, actor=actor, now=now)


def confirm_if_free(booking: Booking, *, actor: User, now: datetime) -> Booking:
    """Confirm a hold that costs nothing at once; any other stays a hold for the driver to confirm."""
    return booking if booking.total_amount else confirm(booking, actor=actor, now=now)


def _has_run_out(booking: Booking, now: datetime) -> bool:
    expires_at = booking.hold_expires_at
    return booking.status == ReservationStatus.HELD and expires_at is not None and expires_at <= now
