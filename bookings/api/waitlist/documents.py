"""Places in line as JSON."""

from typing import Any

from bookings.api.bookings.documents import station_document
from bookings.models import Booking, WaitlistEntry
from bookings.selectors.waitlist import EntryInLine
from bookings.waiting import OPEN
from evbooking.core.money import Money


def entry_document(entry: EntryInLine) -> dict[str, Any]:
    """A place in line as selectors.waitlist.entries_of gives it."""
    offered = entry.status == WaitlistEntry.Status.OFFERED
    offer = next(iter(entry.standing_offers), None) if offered else None
    return {
        "id": entry.pk,
        "status": entry.status,
        "station": station_document(entry.station),
        "connector": entry.connector or None,
        "vehicle": entry.vehicle_id,
        "earliest": entry.earliest,
        "latest": entry.latest,
        "duration_minutes": entry.duration_minutes,
        "ahead": entry.ahead if entry.status in OPEN else None,
        "offer": _offer_document(offer) if offer else None,
        "not_before": entry.not_before if entry.status in OPEN else None,
        "joined_at": entry.joined_at,
        "ended_at": entry.ended_at,
        "last_updated": entry.last_updated,
    }


def _offer_document(offer: Booking) -> dict[str, Any]:
    return {
        "booking": offer.reference,
        "evse_uid": offer.evse.uid,
        "start": offer.start,
        "end": offer.end,
        "quote": Money(offer.total_amount, offer.currency),
        "expires_at": offer.hold_expires_at,
    }
