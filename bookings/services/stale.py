"""Who occupies a slot, and clearing away the holds that have run out: a constraint cannot say now()."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bookings.holds import STANDS, run_out
from bookings.models import Booking
from bookings.transitions import move
from evbooking.core.ocpi import ReservationStatus

# read from the index booking_busy, as bookings.availability.busy does
_OVERLAPPING: Final = f"""
SELECT id, evse_id, NOT {STANDS}
FROM bookings_booking
WHERE evse_id = ANY (%(evses)s) AND status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
  AND start < %(until)s AND blocked_until > %(start)s AND coalesce(replaces_id, id) IS DISTINCT FROM %(ignoring)s
"""


def clear_and_find_busy(
    evse_ids: Iterable[UUID], start: datetime, until: datetime, now: datetime, *, ignoring: UUID | None = None
) -> set[UUID]:
    """The EVSEs of these that a booking occupies within [start, until), after expired holds there were cleared.

    Needs a transaction. `ignoring` is a booking that is about to move, and what is kept for it. Where someone else
    is clearing a hold away, this waits and looks again: a slot that is free is never refused.
    """
    asked = {"evses": list(evse_ids), "start": start, "until": until, "now": now, "ignoring": ignoring}
    found = _overlapping(asked)
    stale = [booking_id for booking_id, _, has_run_out in found if has_run_out]
    if stale:
        _expire(stale, now)
        found = _overlapping(asked)
    return {evse_id for _, evse_id, _ in found}


def _overlapping(asked: dict[str, Any]) -> list[tuple[UUID, UUID, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING, asked)
        rows: list[tuple[UUID, UUID, bool]] = cursor.fetchall()
        return rows


def _expire(booking_ids: Iterable[UUID], now: datetime) -> None:
    """Expire those of these holds that nobody has moved meanwhile; in the order of their ids, as all lock them."""
    holds = Booking.objects.filter(run_out(now), pk__in=booking_ids)
    for hold in holds.select_for_update(of=("self",)).select_related("evse").order_by("pk"):
        move(hold, ReservationStatus.EXPIRED, actor=None, now=now, reason="The hold ran out.")
