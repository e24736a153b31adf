"""Noting that something came free, for the pump that looks at the line (services.waitlist.offering)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bookings.models import CapacityGain, WaitlistEntry
from bookings.waiting import OPEN
from evbooking.core.pumps import wake_after_commit

PUMP: Final = "waitlist"


def anybody_waits(station_id: UUID) -> bool:
    """Whether there is a line at the station."""
    return WaitlistEntry.objects.filter(station=station_id, status__in=OPEN).exists()


def note_gain(station_id: UUID, *, now: datetime) -> CapacityGain:
    """Something may have come free at the station. Needs the transaction of the fact, or of the event's delivery."""
    gain = CapacityGain.objects.create(station_id=station_id, at=now)
    wake_after_commit(PUMP)
    return gain


def forget_gains(now: datetime) -> int:
    """Delete what was handled before; returns how many."""
    handled, _ = CapacityGain.objects.filter(handled_at__lte=now).delete()
    return handled
