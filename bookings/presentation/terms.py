"""Booking terms in plain words: of a station in general, and of one slot with its times and amounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.presentation.paying import payment_in_general, payment_of_slot
from bookings.presentation.words import minutes, site_clock, site_time
from bookings.terms import AcceptedTerms
from evbooking.core.money import Money


class Term(NamedTuple):
    """A sentence and the icon beside it."""

    icon: str
    text: str


def general_terms(terms: AcceptedTerms, currency: str) -> list[Term]:
    """What whoever books here agrees to."""
    return list(_general(terms, currency))


def slot_terms(
    terms: AcceptedTerms, *, start: datetime, total: Money, no_show: Money, zone: ZoneInfo, now: datetime
) -> list[Term]:
    """What canceling and not coming (`no_show`) costs for one slot, with its own times."""
    return list(_of_slot(terms, start, total, no_show, zone, now))


def _general(terms: AcceptedTerms, currency: str) -> Iterator[Term]:
    least, most = minutes(terms.min_booking_duration), minutes(terms.max_booking_duration)
    yield Term("clock", f"Book {least} to {most}, up to {minutes(terms.booking_horizon_minutes)} ahead.")
    yield Term("receipt", payment_in_general(terms, currency))
    if terms.approval_required:
        yield Term("letter", f"The operator answers within {minutes(terms.answer_within_minutes)}.")
    yield Term("calendar", f"Move it until {minutes(terms.change_until_minutes)} before the start.")
    yield Term("cross", _canceling(terms))
    yield Term(
        "car",
        f"Plug in from {minutes(terms.early_start_time)} before to {minutes(terms.noshow_timeout)} after the start.",
    )
    yield Term("absent", _no_show(terms.no_show_fee(currency)))


def _of_slot(
    terms: AcceptedTerms, start: datetime, total: Money, no_show: Money, zone: ZoneInfo, now: datetime
) -> Iterator[Term]:
    yield Term("receipt", payment_of_slot(terms, total, no_show))
    if terms.approval_required:
        yield Term("letter", f"The operator answers by {site_time(terms.answer_by(now, start), zone)}.")
    yield Term("cross", _canceling_slot(terms, start, total, zone, now))
    opens, closes = terms.arrival_from(start), terms.arrival_until(start)
    yield Term("car", f"Plug in between {site_clock(opens, zone)} and {site_clock(closes, zone)}.")
    yield Term("absent", _no_show(no_show))


def _canceling(terms: AcceptedTerms) -> str:
    free = f"Cancel free of charge until {minutes(terms.cancel_until_minutes)} before the start"
    if not terms.late_cancel_allowed:
        return f"{free}; after that it cannot be canceled."
    if not terms.late_cancel_share:
        return "Cancel free of charge until the start."
    return f"{free}; after that for {terms.late_cancel_share} % of the price."


def _canceling_slot(
    terms: AcceptedTerms, start: datetime, total: Money, zone: ZoneInfo, now: datetime
) -> str:
    until = terms.cancel_free_until(start)
    late = terms.late_cancel_fee(total)
    missed = terms.no_show_fee(total.currency)
    begun = f" From the start on it costs {missed}." if missed > late and terms.late_cancel_allowed else ""
    if not late and terms.late_cancel_allowed:
        return f"Cancel free of charge until the start.{begun}"
    after = f"costs {late}" if terms.late_cancel_allowed else "is not possible"
    if now > until:
        return f"Canceling {after}, because the slot starts soon.{begun}"
    return f"Cancel free of charge until {site_time(until, zone)}; after that canceling {after}.{begun}"


def _no_show(fee: Money) -> str:
    if not fee:
        return "If you do not come, the slot is given away. It costs nothing."
    return f"If you do not come, the slot is given away and costs {fee}."
