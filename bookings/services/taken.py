"""What a driver hears when a slot is taken."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter

from accounts.models import Vehicle
from bookings.availability.alternatives import alternatives
from bookings.errors import SlotTaken
from stations.models import Station

CONFLICTS: Final = Counter("evb_booking_conflicts_total", "Slots that were asked for and taken already")


def slot_taken(
    station: Station,
    *,
    start: datetime,
    end: datetime,
    connector: str | None,
    vehicle: Vehicle | None,
    now: datetime,
) -> SlotTaken:
    """The refusal with the nearest alternatives, counted; made after the lost transaction, which held locks."""
    CONFLICTS.inc()
    return SlotTaken(
        alternatives(station, start=start, end=end, connector=connector, vehicle=vehicle, now=now)
    )
