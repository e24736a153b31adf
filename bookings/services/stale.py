"""Who occupies a slot, and clearing away the holds that have run out: a constraint cannot say now()."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bookings.models import BLOCKING, Booking
from bookings.transitions import move
from evbooking.core.ocpi import ReservationStatus


def clear_and_find_busy(
    evse_ids: Iterable[UUID], start: datetime, until: datetime, now: datetime, *, ignoring: UUID | None = None
) -> set[UUID]:
    """The EVSEs of these that a booking occupies within [start, until), after expired holds there were cleared.

    Needs a transaction. `ignoring` is a booking that is about to move.
    """
    busy = set()
    overlapping = Booking.objects.filter(
        evse__in=list(evse_ids), status__in=BLOCKING, start__lt=until, blocked_until__gt=start
    )
    for row in overlapping.values("pk", "evse_id", "status", "hold_expires_at"):
        expires_at = row["hold_expires_at"] if row["status"] == ReservationStatus.HELD else None
        stale = expires_at is not None and expires_at <= now
        if row["pk"] != ignoring and not (stale and expire(row["pk"], now)):
            busy.add(row["evse_id"])
    return busy


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
