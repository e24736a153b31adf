"""What brings the waiting list a slot: bookings that end early, EVSEs that come back, stations that open longer.

Handlers only note that something came free; offers are made by a pump of their own, one transaction each.
"""

from datetime import datetime
from uuid import UUID

from bookings.event_types import FREEING_EVENTS
from bookings.services.waitlist.gains import anybody_waits, note_gain
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent


@subscribe(*FREEING_EVENTS, handler="bookings.waitlist")
def note_freed_slot(event: DomainEvent) -> None:
    """A booking gave its slot, or the rest of it, back."""
    slot = event.data["before"] if event.type == "booking.rescheduled" else event.data
    if datetime.fromisoformat(slot["end"]) > event.occurred_at:
        _note(event)


@subscribe("station.changed", "station.approved", "evse.in_service", handler="bookings.waitlist_capacity")
def note_capacity(event: DomainEvent) -> None:
    """A new or recovered EVSE, longer hours, a closure taken back."""
    _note(event)


def _note(event: DomainEvent) -> None:
    station_id = UUID(event.data["station_id"])
    if anybody_waits(station_id):
        note_gain(station_id, now=event.occurred_at)
