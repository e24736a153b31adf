"""A place in line as its driver sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bookings.links import offer_path
from bookings.models import Booking, WaitlistEntry
from bookings.presentation.booking_page import BookingPage
from bookings.selectors.waitlist import EntryInLine
from evbooking.core.ocpi import ReservationStatus


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """An entry of selectors.waitlist.entries_of at an instant."""

    entry: EntryInLine
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.entry.station.time_zone)

    @property
    def offer(self) -> BookingPage | None:
        """What is kept for them now."""
        held = self._held
        page = BookingPage(held, self.now) if held else None
        return page if page and page.state == ReservationStatus.HELD else None

    @property
    def offer_path(self) -> str:
        return offer_path(self._held) if self._held else ""

    @property
    def paused_until(self) -> datetime | None:
        until = self.entry.not_before
        return until if until and until > self.now else None

    @property
    def _held(self) -> Booking | None:
        offered = self.entry.status == WaitlistEntry.Status.OFFERED
        return next(iter(self.entry.standing_offers), None) if offered else None
