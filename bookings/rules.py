"""The rules of a slot, in one place: whether [start, end) may be booked at all, whoever has booked already.

At most one error per field, the one to mend first. All edges are half-open; wall-clock rules are the site's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.availability.offer import Offer, Unit
from bookings.terms import AcceptedTerms
from evbooking.core.errors import FieldError
from stations.grid import is_on_grid
from stations.hours import is_open_throughout

_MINUTE = timedelta(minutes=1)


def check_slot(
    offer: Offer, terms: AcceptedTerms, unit: Unit | None, start: datetime, end: datetime, now: datetime
) -> list[FieldError]:
    """What forbids the slot, in the order of the API's fields; empty when it may be booked.

    `terms` are those in force: the station's for a new booking, the accepted ones for a change. `unit` None
    leaves the choice of the EVSE open, so nothing is said about EVSEs.
    """
    found = [
        *_unit_errors(offer, unit, start, end),
        *_start_errors(terms, offer.zone, start, now),
        *_end_errors(terms, start, end),
    ]
    if not any(error.field in {"start", "end"} for error in found):
        found.extend(_hours_errors(offer, start, end))
    return found


def is_closed(offer: Offer, unit_id: UUID | None, start: datetime, end: datetime) -> bool:
    """Whether a closure of the whole station (None) or of this EVSE meets [start, end)."""
    low, high = start.timestamp(), end.timestamp()
    return any(span.unit_id == unit_id and span.begin < high and span.end > low for span in offer.closures)


def _unit_errors(offer: Offer, unit: Unit | None, start: datetime, end: datetime) -> Iterator[FieldError]:
    if unit is not None and (not unit.bookable or is_closed(offer, unit.id, start, end)):
        yield FieldError("evse_uid", "evse_out_of_service", "This charge point cannot be booked then.")


def _start_errors(
    terms: AcceptedTerms, zone: ZoneInfo, start: datetime, now: datetime
) -> Iterator[FieldError]:
    increment = terms.timeslot_increment_minutes
    if start < now:
        yield FieldError("start", "in_the_past", "The start has passed.")
    elif start - now > terms.booking_horizon_minutes * _MINUTE:
        days = f"{terms.booking_horizon_minutes / 1440:g}"
        yield FieldError("start", "too_far_ahead", f"Bookings open {days} days ahead.")
    elif not is_on_grid(zone, increment, start):
        yield FieldError(
            "start", "not_on_increment", f"Starts are every {increment} minutes of the site's clock."
        )


def _end_errors(terms: AcceptedTerms, start: datetime, end: datetime) -> Iterator[FieldError]:
    minutes, increment = (end - start) / _MINUTE, terms.timeslot_increment_minutes
    if minutes < 0:
        yield FieldError("end", "end_before_start", "The end must come after the start.")
    elif minutes < terms.min_booking_duration:
        yield FieldError(
            "end", "too_short", f"A booking lasts at least {terms.min_booking_duration} minutes."
        )
    elif minutes > terms.max_booking_duration:
        yield FieldError("end", "too_long", f"A booking lasts at most {terms.max_booking_duration} minutes.")
    elif minutes % increment:
        yield FieldError("end", "not_on_increment", f"A booking lasts a multiple of {increment} minutes.")


def _hours_errors(offer: Offer, start: datetime, end: datetime) -> Iterator[FieldError]:
    open_throughout = is_open_throughout(offer.calendar.hours, offer.zone, start, end)
    if not open_throughout or is_closed(offer, None, start, end):
        yield FieldError("start", "outside_opening_hours", "The station is not open during all of this time.")
