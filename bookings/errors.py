"""Refusals of bookings by their API codes; what is wrong with a field is an `Invalid` of the core."""

from collections.abc import Sequence
from typing import Any

from evbooking.core.errors import DomainError


class SlotTaken(DomainError):
    """409: another booking occupies the slot. `alternatives` are the nearest free slots, as JSON objects."""

    code = "slot_taken"
    title = "Someone took this slot a moment ago."

    def __init__(self, alternatives: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(extra={"alternatives": list(alternatives)})

    @property
    def alternatives(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.extra["alternatives"]
        return found


class HoldExpired(DomainError):
    code = "hold_expired"
    title = "The hold has run out."


class PaymentRequired(DomainError):
    """409: the booking is paid online, so that confirming it takes a payment first."""

    code = "payment_required"
    title = "This booking has to be paid first."


class TooLateToCancel(DomainError):
    code = "too_late_to_cancel"
    title = "The terms of this booking no longer allow canceling it."


class TooLateToChange(DomainError):
    code = "too_late_to_change"
    title = "The terms of this booking no longer allow changing it."


class OutsideArrivalWindow(DomainError):
    code = "outside_arrival_window"
    title = "It is not the time to arrive."
