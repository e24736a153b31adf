"""How many bookings a driver may have open: live holds, at one station, and in all."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from bookings.models import BLOCKING, Booking
from bookings.services.deal import Deal
from evbooking.core.errors import Invalid
from evbooking.core.ocpi import ReservationStatus


def check_caps(driver: User, deal: Deal, now: datetime) -> None:
    """Raises Invalid `too_many_bookings` when one more would be too many. Exact under `lock_driver` only."""
    counts = open_bookings(driver, now).aggregate(
        holds=Count("pk", filter=Q(status=ReservationStatus.HELD)),
        here=Count("pk", filter=Q(station=deal.offer.id)),
        total=Count("pk"),
    )
    limits = {
        "holds": (settings.EVB_MAX_LIVE_HOLDS, "unconfirmed bookings"),
        "here": (deal.terms.max_open_bookings_per_driver, "open bookings at this station"),
        "total": (settings.EVB_MAX_OPEN_BOOKINGS, "open bookings"),
    }
    for name, (limit, what) in limits.items():
        if counts[name] >= limit:
            raise Invalid.one("station", "too_many_bookings", f"You may have at most {limit} {what}.")


def open_bookings(driver: User, now: datetime) -> QuerySet[Booking]:
    """The driver's bookings that are not over: live holds, pending, reserved and those being charged."""
    live = Q(hold_expires_at__gt=now) | ~Q(status=ReservationStatus.HELD)
    return Booking.objects.filter(live, driver=driver, status__in=BLOCKING).order_by()
