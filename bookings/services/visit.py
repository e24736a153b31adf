"""Arriving and leaving: called by the driver, by staff, and later by what the charger reports."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.errors import OutsideArrivalWindow
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from bookings.transitions import move, require
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus


def arrive(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """RESERVED > FULFILLED, from start - early_start_time to start + noshow_timeout, both included.

    Raises OutsideArrivalWindow, or WrongState when the booking is not reserved.
    """
    require(booking, ReservationStatus.RESERVED)
    terms = AcceptedTerms.from_json(booking.terms)
    if not terms.arrival_from(booking.start) <= now <= terms.arrival_until(booking.start):
        raise OutsideArrivalWindow
    with transaction.atomic():
        return move(booking, ReservationStatus.FULFILLED, actor=actor, now=now, arrived_at=now)


def stop(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """FULFILLED > COMPLETED: what is left of the slot is free again. Raises WrongState."""
    require(booking, ReservationStatus.FULFILLED)
    with transaction.atomic():
        return move(booking, ReservationStatus.COMPLETED, actor=actor, now=now, stopped_at=now)


def mark_no_show(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """RESERVED > NO_SHOW with the fee of the terms. Raises WrongState while the driver may still arrive."""
    require(booking, ReservationStatus.RESERVED)
    terms = AcceptedTerms.from_json(booking.terms)
    if now <= terms.arrival_until(booking.start):
        raise WrongState("The driver may still arrive.")
    with transaction.atomic():
        fee = terms.noshow_fee_amount
        return move(booking, ReservationStatus.NO_SHOW, actor=actor, now=now, fee_amount=fee)
