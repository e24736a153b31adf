"""Canceling a booking, and what that costs by the terms the driver accepted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from bookings.errors import TooLateToCancel
from bookings.models import Booking
from bookings.services.charge import bill_cancellation
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
    """What canceling costs the driver, and what comes back of what was secured; None where nothing was."""

    fee: Money
    refund: Money | None


def cancellation_quote(booking: Booking, now: datetime) -> Cancellation:
    """The cost of canceling now. Free before the operator has promised the slot, and until
    cancel_until_minutes before the start; then late_cancel_share percent of the price, and from the start on
    at least the no-show fee. Raises TooLateToCancel where the terms forbid it, WrongState when it is over.
    """
    require(booking, *CANCELABLE)
    fee = _fee(booking, AcceptedTerms.from_json(booking.terms), now)
    secured = Money(booking.secured_amount, booking.currency)
    return Cancellation(fee, secured - min(fee, secured) if secured else None)


def cancel(
    booking: Booking, *, actor: User, now: datetime, reason: CanceledReason = CanceledReason.NO_CANCELED
) -> Cancellation:
    """Cancel for the driver, with the fee the terms give. Raises TooLateToCancel or WrongState."""
    cancellation = cancellation_quote(booking, now)
    with transaction.atomic():
        _cancel(booking, Booking.CanceledBy.DRIVER, actor, now, reason, "", fee=cancellation.fee)
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
    return _cancel(booking, by, actor, now, reason, words, fee=Money.zero(booking.currency), **fields)


def _cancel(
    booking: Booking,
    by: Booking.CanceledBy,
    actor: User | None,
    now: datetime,
    reason: CanceledReason,
    words: str,
    *,
    fee: Money,
    **fields: Any,
) -> Booking:
    canceled = move(
        booking,
        ReservationStatus.CANCELED,
        actor=actor,
        now=now,
        reason=words or reason.label,
        canceled_by=by,
        canceled_reason=reason,
        fee_amount=fee.amount,
        **fields,
    )
    if fee:
        bill_cancellation(canceled, fee=fee, actor=actor, now=now)
    return canceled


def _fee(booking: Booking, terms: AcceptedTerms, now: datetime) -> Money:
    if booking.status != ReservationStatus.RESERVED or now <= terms.cancel_free_until(booking.start):
        return Money.zero(booking.currency)
    if not terms.late_cancel_allowed:
        raise TooLateToCancel
    late = terms.late_cancel_fee(Money(booking.total_amount, booking.currency))
    return late if now < booking.start else max(late, terms.no_show_fee(booking.currency))
