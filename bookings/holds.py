"""How long a hold keeps its slot: until it runs out, and while its payment is under way.

Nobody may take away a slot that is being paid for: payments asks the provider first, and only then expires the
hold or confirms it.
"""

from datetime import datetime
from typing import Final

from django.db.models import Q

from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus

# the same in SQL, of a bookings_booking row; takes the parameter `now`
STANDS: Final = "(status <> 'HELD' OR hold_expires_at > %(now)s OR payment_status = 'processing')"


NOTHING_TO_PAY: Final = frozenset(
    {Booking.PaymentStatus.NONE, Booking.PaymentStatus.SECURED, Booking.PaymentStatus.CAPTURED}
)


def awaits_payment(booking: Booking) -> bool:
    """Whether this is a hold that only a payment turns into a promise."""
    return booking.status == ReservationStatus.HELD and booking.payment_status not in NOTHING_TO_PAY


def stands(now: datetime) -> Q:
    """Bookings that are no hold, or one that has not run out."""
    paying = Q(payment_status=Booking.PaymentStatus.PROCESSING)
    return ~Q(status=ReservationStatus.HELD) | Q(hold_expires_at__gt=now) | paying


def run_out(now: datetime) -> Q:
    """Holds whose time is over, and whose payment nobody waits for."""
    held = Q(status=ReservationStatus.HELD, hold_expires_at__lte=now)
    return held & ~Q(payment_status=Booking.PaymentStatus.PROCESSING)


def has_run_out(booking: Booking, now: datetime) -> bool:
    """Whether this is such a hold."""
    expires_at = booking.hold_expires_at
    held = booking.status == ReservationStatus.HELD and expires_at is not None and expires_at <= now
    return held and booking.payment_status != Booking.PaymentStatus.PROCESSING
