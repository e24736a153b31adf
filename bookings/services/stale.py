"""Who occupies a slot, and clearing away the holds that have run out: a constraint cannot say now()."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bookings.models import Booking
from bookings.transitions import move
from evbooking.core.ocpi import ReservationStatus

# read from the index booking_busy, as bookings.availability.busy does
_OVERLAPPING: Final = """
SELECT id, evse_id, status = 'HELD' AND hold_expires_at <= %(now)s
FROM bookings_booking
WHERE evse_id = ANY (%(evses)s) AND status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
  AND start < %(until)s AND blocked_until > %(start)s
ORDER BY id
"""


def clear_and_find_busy(
    evse_ids: Iterable[UUID], start: datetime, until: datetime, now: datetime, *, ignoring: UUID | None = None
) -> set[UUID]:
    """The EVSEs of these that a booking occupies within [start, until), after expired holds there were cleared.

    Needs a transaction. `ignoring` is a booking that is about to move.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING, {"evses": list(evse_ids), "start": start, "until": until, "now": now})
        rows = cursor.fetchall()
    return {
        evse_id
        for booking_id, evse_id, stale in rows
        if booking_id != ignoring and not (stale and expire(booking_id, now))
    }


def expire(booking_id: UUID, now: datetime) -> bool:
    """Expire a hold that has run out; False when someone else has it in hand or has moved it meanwhile."""
    found = (
        Booking.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("evse")
        .filter(pk=booking_id, status=ReservationStatus.HELD, hold_expires_at__lte=now)
        .first()
    )
    if found is None:
        return False
    move(found, ReservationStatus.EXPIRED, actor=None, now=now, reason="The hold ran out.")
    return True
