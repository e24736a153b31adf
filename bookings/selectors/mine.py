"""A driver's bookings as a page shows them: what is open now, and what is over."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from bookings.holds import stands
from bookings.models import BLOCKING, Booking
from bookings.selectors.bookings import bookings_of
from evbooking.core.ocpi import ReservationStatus

WAITING = frozenset({ReservationStatus.HELD, ReservationStatus.PENDING})


def open_bookings_of(driver: User, now: datetime) -> QuerySet[Booking]:
    """Live holds, waiting, reserved and running ones, the soonest first."""
    return bookings_of(driver).select_related("vehicle").filter(_open(now)).order_by("start", "reference")


def past_bookings_of(driver: User, now: datetime) -> QuerySet[Booking]:
    """Everything else, the latest first; a hold that has run out is over, marked or not."""
    return bookings_of(driver).exclude(_open(now)).order_by("-start", "reference")


def own_booking(driver: User, reference: str) -> Booking | None:
    """The driver's booking of that reference, with all its page needs; None for anybody else's."""
    return bookings_of(driver).select_related("vehicle").filter(reference=reference).first()


def same_slot(
    driver: User, *, evse_uid: str, start: datetime, end: datetime, now: datetime
) -> Booking | None:
    """The driver's own open booking of exactly this slot: what a button pressed twice finds."""
    mine = open_bookings_of(driver, now)
    return mine.filter(evse__uid=evse_uid, start=start, end=end).first()


def _open(now: datetime) -> Q:
    return Q(status__in=BLOCKING) & stands(now)
