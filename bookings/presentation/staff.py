"""Bookings as an operator's staff sees them: who, with what car, and what can be done about it now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from accounts.models import User
from bookings.models import Booking, BookingTransition
from bookings.terms import AcceptedTerms
from evbooking.core.ocpi import ReservationStatus as S


class Act(NamedTuple):
    """A button: the page it leads to, its word; `asks` when a form comes before it."""

    name: str
    word: str
    asks: bool = False


_HURRY: Final = timedelta(hours=1)
_APPROVE: Final = Act("desk:approve", "Approve")
_REJECT: Final = Act("desk:reject", "Reject", asks=True)
_CHECK_IN: Final = Act("desk:check_in", "Check in")
_STOP: Final = Act("desk:stop", "Stop")
_NO_SHOW: Final = Act("desk:no_show", "No-show")
_CANCEL: Final = Act("desk:cancel", "Cancel", asks=True)


class StaffRow(NamedTuple):
    """A booking in a list of the staff; `hurry` when less than an hour is left to answer it."""

    booking: Booking
    zone: ZoneInfo
    driver: str
    car: str
    acts: list[Act]
    hurry: bool

    @property
    def out_of_service(self) -> bool:
        """Whether it is promised an EVSE that is out of service."""
        return bool(self.booking.evse.inhibits) and self.booking.status in {
            S.PENDING,
            S.RESERVED,
            S.FULFILLED,
        }


class Step(NamedTuple):
    """A step of the history."""

    status: str
    at: datetime
    who: str
    reason: str
    moved: bool


def staff_row(booking: Booking, now: datetime) -> StaffRow:
    """Needs station, EVSE, driver and car loaded."""
    return StaffRow(
        booking,
        ZoneInfo(booking.station.time_zone),
        short_name(booking.driver),
        f"{booking.vehicle.make} {booking.vehicle.model}" if booking.vehicle else "",
        acts_of(booking, now),
        booking.answer_by is not None and booking.answer_by - now < _HURRY,
    )


def acts_of(booking: Booking, now: datetime) -> list[Act]:
    """What the services would accept now."""
    match S(booking.status):
        case S.PENDING:
            open_question = booking.answer_by is None or now < booking.answer_by
            return [_APPROVE, _REJECT] if open_question else []
        case S.RESERVED:
            return [*_arrival_acts(booking, now), _CANCEL]
        case S.FULFILLED:
            return [_STOP]
        case _:
            return []


def short_name(person: User) -> str:
    """Dana D., never an address."""
    first, _, rest = person.name.strip().partition(" ")
    if not first:
        return "Driver without a name"
    return f"{first} {rest.split()[-1][0]}." if rest.strip() else first


def step_of(booking: Booking, step: BookingTransition) -> Step:
    """A step with who made it: the driver, one of the staff by name, or the system."""
    if step.actor is None:
        who = "the system"
    else:
        who = "the driver" if step.actor_id == booking.driver_id else short_name(step.actor)
    moved = step.from_status == step.to_status
    return Step(step.to_status, step.at, who, step.reason, moved)


def _arrival_acts(booking: Booking, now: datetime) -> list[Act]:
    terms = AcceptedTerms.from_json(booking.terms)
    if now > terms.arrival_until(booking.start):
        return [_NO_SHOW]
    return [_CHECK_IN] if now >= terms.arrival_from(booking.start) else []
