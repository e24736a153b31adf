"""Refusals in words that say what to do next."""

from typing import Final

from evbooking.core.errors import DomainError

_WORDS: Final = {
    "slot_taken": "Someone took this slot a moment ago.",
    "hold_expired": "The ten minutes are over and the slot is free for others again. Choose it once more.",
    "payment_required": "This booking is paid online. Pay, and the slot is yours.",
    "too_late_to_cancel": "It is too late to cancel: the terms you accepted allow it no longer.",
    "too_late_to_change": "It is too late to move this booking: the terms you accepted allow it no longer.",
    "outside_arrival_window": "You can plug in only around the start of your slot. See the times below.",
    "station_not_bookable": "This station takes no bookings at the moment. Choose another one nearby.",
    "too_far_ahead": "This day cannot be booked yet. Choose an earlier one.",
    "in_the_past": "This start has passed. Choose a later one.",
    "outside_opening_hours": "The station is closed during a part of this time. Choose another time.",
    "no_such_time": "The clocks are put forward on this day, and this time does not exist.",
    "nothing_to_book": "None of these dates is free. Choose another time.",
    "evse_out_of_service": "This charge point is out of service then. Choose another one or another time.",
    "connector_incompatible": "No connector of this charge point fits your car.",
}


def refusal_words(error: DomainError) -> str:
    """What happened and what helps, in a sentence or two."""
    found = [_WORDS.get(one.code, one.detail) for one in error.field_errors]
    return " ".join(dict.fromkeys(found)) if found else _WORDS.get(error.code, error.detail)
