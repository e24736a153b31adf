"""Arriving and leaving: called by the driver, by staff, and later by what the charger reports."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.errors import OutsideArrivalWindow
from bookings.models import Booking
from bookings.services.charge import begin_session, bill_no_show, end_session
from bookings.terms import AcceptedTerms
from bookings.transitions import move, require
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus


def arrive(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """RESERVED > FULFILLED, from start - early_start_time to start + noshow_timeout, both included: a session begins.

    Raises OutsideArrivalWindow, or WrongState when the booking is not reserved.
    """
    require(booking, ReservationStatus.RESERVED)
    terms = AcceptedTerms.from_json(booking.terms)
    if not terms.arrival_from(booking.start) <= now <= terms.arrival_until(booking.start):
        raise OutsideArrivalWindow
    with transaction.atomic():
        move(booking, ReservationStatus.FULFILLED, actor=actor, now=now, arrived_at=now)
        begin_session(booking, start=now, actor=actor, now=now)
    return booking


def stop(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """FULFILLED > COMPLETED: the session is billed, what is left of the slot is free again. Raises WrongState."""
    require(booking, ReservationStatus.FULFILLED)
    with transaction.atomic():
        move(booking, ReservationStatus.COMPLETED, actor=actor, now=now, stopped_at=now)
        end_session(booking, end=now, actor=actor, now=now)
    return booking


def mark_no_show(booking: Booking, *, actor: User | None, now: datetime) -> Booking:
    """RESERVED > NO_SHOW, billed with the fee of the terms. Raises WrongState while the driver may still arrive."""
    require(booking, ReservationStatus.RESERVED)
    terms = AcceptedTerms.from_json(booking.terms)
    if now <= terms.arrival_until(booking.start):
        raise WrongState("The driver may still arrive.")
    with transaction.atomic():
        fee = terms.no_show_fee(booking.currency).amount
        move(booking, ReservationStatus.NO_SHOW, actor=actor, now=now, fee_amount=fee)
        bill_no_show(booking, actor=actor, now=now)
    return booking
