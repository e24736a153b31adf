"""Refusals of bookings by their API codes; what is wrong with a field is an `Invalid` of the core."""

from collections.abc import Iterable, Sequence
from datetime import date
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


class DearerThanAgreed(DomainError):
    code = "dearer_than_agreed"
    title = "This date costs more than was agreed to."


class TermsChanged(DomainError):
    code = "terms_changed"
    title = "The terms of the station have changed since they were accepted."


class NothingToBook(DomainError):
    """409: none of the dates of a series could be had. `occurrences` says of each day why."""

    code = "nothing_to_book"
    title = "None of these dates can be booked."

    def __init__(self, problems: Iterable[tuple[date, DomainError]]) -> None:
        told = [
            {"date": day.isoformat(), "code": problem.code, "detail": problem.detail}
            for day, problem in problems
        ]
        super().__init__(extra={"occurrences": told})
