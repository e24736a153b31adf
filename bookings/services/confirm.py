"""Confirming a hold: from kept for ten minutes to promised."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from bookings.errors import HoldExpired, PaymentRequired
from bookings.holds import awaits_payment, has_run_out
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from bookings.transitions import move, require
from evbooking.core.ocpi import ReservationStatus as S


def confirm(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """Turn a hold with nothing left to pay now into RESERVED, or PENDING where the operator must answer.

    Raises HoldExpired, PaymentRequired, or WrongState when the booking is no hold any more.
    """
    if booking.status == S.EXPIRED or has_run_out(booking, now):
        raise HoldExpired
    require(booking, S.HELD)
    if awaits_payment(booking):
        raise PaymentRequired
    with transaction.atomic():
        return promise(booking, actor=actor, now=now)


def promise(booking: Booking, *, actor: User | None, now: datetime, **fields: Any) -> Booking:
    """HELD or EXPIRED > RESERVED, or PENDING where the operator must answer, together with `fields`.

    It asks for no payment and no time: who calls it has. Raises WrongState. Needs a transaction.
    """
    terms = AcceptedTerms.from_json(booking.terms)
    if terms.approval_required:
        answer_by = terms.answer_by(now, booking.start)
        return move(booking, S.PENDING, actor=actor, now=now, answer_by=answer_by, **fields)
    return move(booking, S.RESERVED, actor=actor, now=now, **fields)


def confirm_if_free(booking: Booking, *, actor: User, now: datetime) -> Booking:
    """Confirm a hold that costs nothing at once; any other stays a hold for the driver to confirm."""
    return booking if booking.total_amount else confirm(booking, actor=actor, now=now)
