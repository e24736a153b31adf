"""What payments tell a booking: that its payment goes on, is secured, is lost, or will not come.

Each locks the booking's row in the caller's transaction (payments lock their Payment first), looks at it as it is
then, and returns it. What is paid is no step of a booking's history: it has an event of its own,
`booking.payment`, unless the same deed moves the booking, whose event then tells of both.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from bookings.availability.offer import Offer
from bookings.errors import SlotTaken
from bookings.locks import lock_evses
from bookings.models import Booking
from bookings.services.cancel import cancel_free_of_charge
from bookings.services.claiming import require_claimable
from bookings.services.confirm import promise
from bookings.services.deal import offer_kept
from bookings.services.relocate import locked
from bookings.transitions import announce, move, require
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S

Payment = Booking.PaymentStatus
_MILL: Final = Decimal("0.001")
_PROMISED: Final = (S.RESERVED, S.PENDING, S.FULFILLED)
# in SQL: the ORM takes four times as long to put this together as the database to do it, in each checkout
_NOTE: Final = """
UPDATE bookings_booking SET payment_status = %s, secured_amount = %s, last_updated = %s
WHERE id = %s AND (status, payment_status, secured_amount, evse_id, start, "end") = (%s, %s, %s, %s, %s, %s)
"""


def note_payment(
    booking: Booking, status: Payment, *, secured_amount: Decimal | None = None, now: datetime
) -> Booking:
    """Keep what is known of the payment: its status, and how much is secured (None: as before).

    Publishes `booking.payment` with the values before and after; writes nothing where nothing changes. A booking
    that is still as the caller knows it is not read again.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A payment is noted in the transaction of its fact.")
    if not _note(booking, status, secured_amount, now):
        booking = locked(booking)
        _note(booking, status, secured_amount, now)
    return booking


def confirm_secured(booking: Booking, *, status: Payment, secured_amount: Decimal, now: datetime) -> Booking:
    """The payment is secured (SECURED or CAPTURED), so the slot is promised: RESERVED, or PENDING an answer.

    A row that is still HELD has its slot, however late it is. One that is EXPIRED gets it again while it is free
    and can still be booked; else SlotTaken, without alternatives, and nothing changes. What was promised before
    only notes the payment. Any other state, and a row that only keeps a slot for another: WrongState.
    """
    offer, _ = offer_kept(booking.station_id)
    found = locked(booking)
    require(found, S.HELD, S.EXPIRED, *_PROMISED)
    if found.status in _PROMISED:
        _note(found, status, secured_amount, now)
        return found
    if found.replaces_id is not None:
        raise WrongState("This slot is kept for a booking that exists already.")
    paid = {"payment_status": status, "secured_amount": secured_amount}
    if found.status == S.HELD:
        return promise(found, actor=None, now=now, **paid)
    return _claim_again(found, offer, now, **paid)


def expire_hold(booking: Booking, *, now: datetime) -> Booking:
    """HELD > EXPIRED, whatever its payment's status: who asks for this knows that none will come.

    Raises WrongState.
    """
    found = locked(booking)
    require(found, S.HELD)
    return move(found, S.EXPIRED, actor=None, now=now, reason="The hold ran out.")


def lose_payment(booking: Booking, *, reason: str, now: datetime) -> Booking:
    """What was secured cannot be had any more: RESERVED > CANCELED by the system, free of charge; PENDING > FAILED.

    `reason` is in words for the driver. Raises WrongState.
    """
    found = locked(booking)
    require(found, S.RESERVED, S.PENDING)
    if found.status == S.PENDING:
        return move(found, S.FAILED, actor=None, now=now, reason=reason, payment_status=Payment.FAILED)
    return cancel_free_of_charge(
        found,
        by=Booking.CanceledBy.SYSTEM,
        actor=None,
        now=now,
        reason=CanceledReason.PAYMENT_FAILED,
        words=reason,
        payment_status=Payment.FAILED,
    )


def _note(booking: Booking, status: Payment, secured_amount: Decimal | None, now: datetime) -> bool:
    """A compare-and-set on all that the event tells; False where nothing changes, or the row is another by now."""
    before, told = _paid(booking), _told(booking)
    booking.payment_status = status
    if secured_amount is not None:
        booking.secured_amount = secured_amount
    if (after := _paid(booking)) == before:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [str(status), booking.secured_amount, now, booking.pk, *told])
        if not cursor.rowcount:
            return False
    booking.last_updated = now
    announce(booking, "booking.payment", actor=None, now=now, changes=(before, after))
    return True


def _told(booking: Booking) -> list[Any]:
    """What the event tells of it, as _NOTE compares it."""
    states = [str(booking.status), str(booking.payment_status)]
    return [*states, booking.secured_amount, booking.evse_id, booking.start, booking.end]


def _paid(booking: Booking) -> dict[str, Any]:
    return {
        "payment_status": booking.payment_status,
        "secured_amount": f"{Decimal(booking.secured_amount).quantize(_MILL):f}",
    }


def _claim_again(booking: Booking, offer: Offer, now: datetime, **fields: Any) -> Booking:
    """EXPIRED > RESERVED or PENDING in its old slot, by the rules of a new booking. Raises SlotTaken."""
    try:
        with transaction.atomic():
            require_claimable(booking, offer, now, of=booking.pk)
            lock_evses(booking.evse_id)
            return promise(booking, actor=None, now=now, **fields)
    except IntegrityError as error:
        raise SlotTaken from error
