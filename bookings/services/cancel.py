"""Canceling a booking, and what that costs by the terms the driver accepted."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from bookings.errors import TooLateToCancel
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from bookings.transitions import move, require
from evbooking.core.money import Money
from evbooking.core.ocpi import CanceledReason, ReservationStatus

CANCELABLE = (ReservationStatus.HELD, ReservationStatus.PENDING, ReservationStatus.RESERVED)
DRIVER_REASONS = (
    CanceledReason.TRAFFIC,
    CanceledReason.BROKEN_VEHICLE,
    CanceledReason.NO_CANCELED,
    CanceledReason.UNKNOWN,
)

OPERATOR_REASONS = (
    CanceledReason.BROKEN_CHARGER,
    CanceledReason.POWER_OUTAGE,
    CanceledReason.BLOCKED,
    CanceledReason.FULL,
    CanceledReason.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What canceling costs the driver, and what comes back of what was paid; None where nothing was."""

    fee: Money
    refund: Money | None


def cancellation_quote(booking: Booking, now: datetime) -> Cancellation:
    """The cost of canceling now. Free before the operator has promised the slot, and until
    cancel_until_minutes before the start; then late_cancel_share percent of the price, and from the start on
    at least the no-show fee. Raises TooLateToCancel where the terms forbid it, WrongState when it is over.
    """
    require(booking, *CANCELABLE)
    fee = Money(_fee(booking, AcceptedTerms.from_json(booking.terms), now), booking.currency)
    paid = booking.payment_status in {Booking.PaymentStatus.SECURED, Booking.PaymentStatus.CAPTURED}
    total = Money(booking.total_amount, booking.currency)
    return Cancellation(fee, total - min(fee, total) if paid else None)


def cancel(
    booking: Booking, *, actor: User, now: datetime, reason: CanceledReason = CanceledReason.NO_CANCELED
) -> Cancellation:
    """Cancel for the driver, with the fee the terms give. Raises TooLateToCancel or WrongState."""
    cancellation = cancellation_quote(booking, now)
    with transaction.atomic():
        _cancel(booking, Booking.CanceledBy.DRIVER, actor, now, reason, "", fee=cancellation.fee.amount)
    return cancellation


def cancel_for_operator(
    booking: Booking, *, actor: User, now: datetime, reason: CanceledReason, words: str = ""
) -> Booking:
    """Cancel because the station cannot keep its word: the driver owes nothing. Raises WrongState."""
    require(booking, *CANCELABLE)
    with transaction.atomic():
        by = Booking.CanceledBy.OPERATOR
        return cancel_free_of_charge(booking, by=by, actor=actor, now=now, reason=reason, words=words)


def cancel_free_of_charge(
    booking: Booking,
    *,
    by: Booking.CanceledBy,
    actor: User | None,
    now: datetime,
    reason: CanceledReason,
    words: str = "",
    **fields: Any,
) -> Booking:
    """Cancel for the operator or the system, together with `fields`: the driver owes nothing.

    Raises WrongState. Needs a transaction.
    """
    return _cancel(booking, by, actor, now, reason, words, fee=Decimal(0), **fields)


def _cancel(
    booking: Booking,
    by: Booking.CanceledBy,
    actor: User | None,
    now: datetime,
    reason: CanceledReason,
    words: str,
    *,
    fee: Decimal,
    **fields: Any,
) -> Booking:
    return move(
        booking,
        ReservationStatus.CANCELED,
        actor=actor,
        now=now,
        reason=words or reason.label,
        canceled_by=by,
        canceled_reason=reason,
        fee_amount=fee,
        **fields,
    )


def _fee(booking: Booking, terms: AcceptedTerms, now: datetime) -> Decimal:
    if booking.status != ReservationStatus.RESERVED or now <= terms.cancel_free_until(booking.start):
        return Decimal(0)
    if not terms.late_cancel_allowed:
        raise TooLateToCancel
    late = booking.total_amount * terms.late_cancel_share / 100
    return late if now < booking.start else max(late, terms.noshow_fee_amount)
