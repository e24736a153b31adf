"""An administrator's correction of a booking: no rule binds it but the one that an EVSE serves one at a time."""

from datetime import datetime

from accounts.models import User
from bookings.errors import SlotTaken
from bookings.models import BLOCKING, Booking
from bookings.services.relocate import locked, relocate
from bookings.services.stale import clear_and_find_busy
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
            target, until = evse or fresh.evse, AcceptedTerms.from_json(fresh.terms).blocked_until(end)
            if clear_and_find_busy([target.pk], start, until, now, ignoring=fresh.pk):
                raise SlotTaken
            return relocate(
                fresh,
                evse=target,
                start=start,
                end=end,
                blocked_until=until,
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
