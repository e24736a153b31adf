"""The slot that is kept for a booking while the difference in price is being paid."""

from datetime import datetime

from bookings.holds import stands
from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus


def open_replacement(booking: Booking, *, now: datetime) -> Booking | None:
    """The replacement that may still be paid for; one that is being paid for is open however late it is."""
    related = ("station", "evse", "vehicle", "tariff_version")
    rows = Booking.objects.filter(stands(now), replaces=booking, status=ReservationStatus.HELD)
    return rows.select_related(*related).first()
