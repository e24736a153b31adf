"""The steps of a booking in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from bookings.models import Booking, BookingTransition
from evbooking.core.ocpi import ReservationStatus as S

_WORDS: Final = {
    S.HELD: "Slot held",
    S.PENDING: "Sent to the operator",
    S.RESERVED: "Reserved",
    S.REJECTED: "The operator said no",
    S.FAILED: "Came to nothing",
    S.EXPIRED: "The hold ran out",
    S.CANCELED: "Canceled",
    S.FULFILLED: "Plugged in",
    S.COMPLETED: "Charging finished",
    S.NO_SHOW: "Marked as not come",
}


class Step(NamedTuple):
    """What happened when, by whom ("you", "the operator", "evbooking"), and the reason given."""

    at: datetime
    text: str
    actor: str
    reason: str


def steps_of(booking: Booking, transitions: Iterable[BookingTransition]) -> list[Step]:
    """The oldest first; people appear as what they are to the booking."""
    return [Step(one.at, _text(one), _actor(one, booking), one.reason) for one in transitions]


def _text(one: BookingTransition) -> str:
    return "Moved" if one.from_status == one.to_status else _WORDS[S(one.to_status)]


def _actor(one: BookingTransition, booking: Booking) -> str:
    if one.actor_id is None:
        return "evbooking"
    return "you" if one.actor_id == booking.driver_id else "the operator"
