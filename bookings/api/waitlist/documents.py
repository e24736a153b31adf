"""Places in line as JSON."""

from typing import Any

from bookings.api.bookings.documents import station_document
from bookings.models import Booking, WaitlistEntry
from bookings.waiting import OPEN
from evbooking.core.money import Money


def entry_document(entry: WaitlistEntry) -> dict[str, Any]:
    """A place in line as selectors.waitlist.entries_of gives it."""
    offers: list[Booking] = entry.standing_offers  # type: ignore[attr-defined]
    return {
        "id": entry.pk,
        "status": entry.status,
        "station": station_document(entry.station),
        "connector": entry.connector or None,
        "vehicle": entry.vehicle_id,
        "earliest": entry.earliest,
        "latest": entry.latest,
        "duration_minutes": entry.duration_minutes,
        "ahead": entry.ahead if entry.status in OPEN else None,  # type: ignore[attr-defined]
        "offer": _offer_document(offers[0]) if entry.status == entry.Status.OFFERED and offers else None,
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
