"""The one UPDATE that gives a booking another slot: its old one is kept until the new one is had."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from bookings.locks import lock_evses
from bookings.models import Booking
from bookings.transitions import drop_replacements, note
from evbooking.core import when
from evbooking.core.ocpi import ReservationStatus
from stations.models import EVSE


def locked(booking: Booking) -> Booking:
    """The booking as it is now, its row locked until the transaction ends."""
    related = ("station", "evse", "tariff_version")
    return Booking.objects.select_for_update(of=("self",)).select_related(*related).get(pk=booking.pk)


def relocate(
    booking: Booking,
    *,
    evse: EVSE,
    start: datetime,
    end: datetime,
    blocked_until: datetime,
    actor: User | None,
    now: datetime,
    reason: str = "",
    **fields: Any,
) -> Booking:
    """Give a `locked` booking the slot, with history, audit and `booking.rescheduled`; what else was kept is let go.

    Needs a `slot_transaction`, in which the database's refusal becomes SlotTaken.
    """
    before, words = _place(booking), reason or f"Moved from {_spoken(booking)}."
    drop_replacements(booking, now)
    lock_evses(booking.evse_id, evse.pk)
    values = {
        "evse": evse,
        "start": start,
        "end": end,
        "blocked_until": blocked_until,
        "last_updated": now,
        **fields,
    }
    Booking.objects.filter(pk=booking.pk).update(**values)
    for name, value in values.items():
        setattr(booking, name, value)
    note(
        booking,
        ReservationStatus(booking.status),
        actor=actor,
        now=now,
        reason=words,
        event="booking.rescheduled",
        changes=(before, _place(booking)),
    )
    return booking


def _place(booking: Booking) -> dict[str, Any]:
    return {
        "evse_uid": booking.evse.uid,
        "start": booking.start,
        "end": booking.end,
        "total": f"{booking.total_amount:f}",
    }


def _spoken(booking: Booking) -> str:
    start = when.time(booking.start, ZoneInfo(booking.station.time_zone))
    return f"{start} at charge point {booking.evse.physical_reference or booking.evse.uid}"
