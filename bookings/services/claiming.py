"""Whether a slot that was given up can be had again: for a payment that came after its hold had run out."""

from datetime import datetime
from uuid import UUID

from bookings.availability.offer import Offer
from bookings.errors import SlotTaken
from bookings.models import Booking
from bookings.rules import check_slot
from bookings.services.stale import clear_and_find_busy
from bookings.terms import AcceptedTerms


def require_claimable(slot: Booking, offer: Offer, now: datetime, *, of: UUID) -> None:
    """Raises SlotTaken unless the row's slot could be booked now, under its terms, and only `of` occupies it.

    Holds in the way that have run out are cleared. Needs a transaction; the constraint has the last word.
    """
    unit = next((unit for unit in offer.units if unit.id == slot.evse_id), None)
    terms = AcceptedTerms.from_json(slot.terms)
    if unit is None or not offer.bookable or check_slot(offer, terms, unit, slot.start, slot.end, now):
        raise SlotTaken
    if clear_and_find_busy([slot.evse_id], slot.start, slot.blocked_until, now, ignoring=of):
        raise SlotTaken
