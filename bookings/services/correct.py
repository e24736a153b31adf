"""An administrator's correction of a booking: no rule binds it but the one that an EVSE serves one at a time."""

from datetime import datetime

from accounts.models import User
from bookings.errors import SlotTaken
from bookings.models import BLOCKING, Booking
from bookings.services.relocate import locked, relocate
from bookings.services.taken import slot_taken
from bookings.services.writing import slot_transaction
from bookings.terms import AcceptedTerms
from bookings.transitions import require
from evbooking.core.errors import Invalid
from stations.models import EVSE


def correct_slot(
    booking: Booking,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    evse: EVSE | None = None,
    actor: User,
    now: datetime,
    reason: str,
) -> Booking:
    """Put an open booking at another time or EVSE of its station; what is None stays, and so does the price.

    Raises Invalid `end_before_start`, WrongState when the booking is over, SlotTaken with alternatives.
    """
    start, end = start or booking.start, end or booking.end
    if end <= start:
        raise Invalid.one("end", "end_before_start", "The end must come after the start.")
    try:
        with slot_transaction():
            fresh = locked(booking)
            require(fresh, *BLOCKING)
            return relocate(
                fresh,
                evse=evse or fresh.evse,
                start=start,
                end=end,
                blocked_until=AcceptedTerms.from_json(fresh.terms).blocked_until(end),
                actor=actor,
                now=now,
                reason=reason,
            )
    except SlotTaken:
        raise slot_taken(
            booking.station,
            start=start,
            end=end,
            connector=booking.connector,
            vehicle=booking.vehicle,
            now=now,
        ) from None
