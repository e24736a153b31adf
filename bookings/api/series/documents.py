"""Series as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from bookings.api.bookings.documents import station_document
from bookings.errors import SlotTaken
from bookings.holds import awaits_payment
from bookings.models import BLOCKING, Booking, LaterDate, Series
from bookings.selectors.series import day_of, is_moved, later_day, later_of, to_be_paid
from bookings.services.series.asking import SeriesPreview
from bookings.services.series.booking import DateBooked
from bookings.services.series.canceling import DateCanceled, SeriesCancellation
from bookings.services.series.changing import DateChanged
from bookings.services.series.following import LaterChanged
from bookings.services.series.judging import DateSlot
from bookings.terms import AcceptedTerms
from evbooking.core.errors import DomainError
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S

OUTCOMES: Final = ("would_move", "moved", "payment_required", "refused")


def preview_document(preview: SeriesPreview) -> dict[str, Any]:
    """What a series would be."""
    ask = preview.ask
    return {
        "station": station_document(ask.station),
        "rrule": str(ask.rule),
        "duration_minutes": int(ask.lasting.total_seconds()) // 60,
        "dates": [_previewed(date) for date in preview.dates],
        "total": preview.total,
        "booking_terms": preview.deal.terms.as_offer(preview.total.currency),
    }


def series_document(series: Series, dates: Sequence[Booking], now: datetime) -> dict[str, Any]:
    """A series with its dates. Needs station with its terms and evse loaded."""
    here = reverse("series-detail", args=[series.pk])
    waiting, later = to_be_paid(list(dates), now), later_of(series)
    open_dates = [one for one in dates if one.status in BLOCKING]
    currency = dates[0].currency
    links = {"self": here}
    if waiting:
        links["checkout"] = f"{here}/checkout"
    if open_dates or any(one.state == LaterDate.State.WAITING for one in later):
        links["cancel"] = f"{here}/cancel"
    return {
        "id": series.pk,
        "station": station_document(series.station),
        "rrule": series.rrule,
        "first_date": series.first_day,
        "clock": f"{series.clock:%H:%M}",
        "duration_minutes": series.duration_minutes,
        "evse_uid": series.evse.uid if series.evse else None,
        "connector": series.connector or None,
        "vehicle": series.vehicle_id,
        "dates": [_date(booking) for booking in dates],
        "later": [_later(one, series) for one in later],
        "total": Money.total((Money(one.total_amount, one.currency) for one in open_dates), currency),
        "payment_required": bool(waiting),
        "links": links,
        "created_at": series.created_at,
        "last_updated": series.last_updated,
    }


def refused_documents(dates: Sequence[DateBooked]) -> list[dict[str, Any]]:
    """The wanted dates that could not be had."""
    return [{"date": one.slot.ask.wall.date(), **problem_of(one.problem)} for one in dates if one.lost]


def change_document(
    series: Series, dates: Sequence[DateChanged], later: Sequence[LaterChanged], *, done: bool
) -> dict[str, Any]:
    """What became of each date, or would, and of those that are not booked yet."""
    goes = [one.more for one in dates if one.problem is None]
    return {
        "id": series.pk,
        "dates": [_changed(one, done=done) for one in dates],
        "later": [_later_changed(one, series) for one in later],
        "difference": Money.total(goes, dates[0].booking.currency),
    }


def cancellation_document(series: Series, found: SeriesCancellation) -> dict[str, Any]:
    """What canceling costs, date by date and together."""
    return {
        "id": series.pk,
        "dates": [_canceled(one) for one in found.dates],
        "later": [later_day(one, series) for one in found.later],
        "fee": found.fee,
        "refund": found.refund,
    }


def problem_of(problem: DomainError | None) -> dict[str, Any]:
    """Why a date cannot be had."""
    return {
        "code": problem.code if problem else None,
        "detail": problem.detail if problem else "",
        "alternatives": problem.alternatives if isinstance(problem, SlotTaken) else [],
    }


def _previewed(date: DateSlot) -> dict[str, Any]:
    fitting = date.fitting
    return {
        "date": date.ask.wall.date(),
        "start": date.ask.start,
        "end": date.ask.end,
        "free": date.free,
        "later": date.later,
        "evse_uid": fitting.unit.uid if fitting else None,
        "connector": fitting.plug.standard if fitting else None,
        "energy_kwh": date.energy_kwh,
        "quote": date.total,
        **problem_of(date.problem),
    }


def _date(booking: Booking) -> dict[str, Any]:
    return {
        "date": day_of(booking),
        "reference": booking.reference,
        "status": booking.status,
        "start": booking.start,
        "end": booking.end,
        "moved": is_moved(booking),
        "evse_uid": booking.evse.uid,
        "quote": Money(booking.total_amount, booking.currency),
        "payment": {"required": awaits_payment(booking), "status": booking.payment_status},
        "hold_expires_at": booking.hold_expires_at if booking.status == S.HELD else None,
    }


def _later(later: LaterDate, series: Series) -> dict[str, Any]:
    waiting = later.state == LaterDate.State.WAITING
    opens_at = AcceptedTerms.of(series.station.terms).opens_at(later.occurrence)
    return {
        "date": later_day(later, series),
        "start": later.occurrence,
        "state": later.state,
        "opens_at": opens_at if waiting else None,
        "at_most": Money(later.most_amount, later.currency),
        "code": later.problem or None,
    }


def _later_changed(one: LaterChanged, series: Series) -> dict[str, Any]:
    return {
        "date": later_day(one.later, series),
        "start": one.slot.ask.start,
        "at_most": one.slot.total,
        **problem_of(one.problem),
    }


def _changed(one: DateChanged, *, done: bool) -> dict[str, Any]:
    if one.problem:
        outcome = "refused"
    elif one.replacement:
        outcome = "payment_required"
    else:
        outcome = "moved" if done else "would_move"
    fitting = one.slot.fitting
    return {
        "date": day_of(one.booking),
        "reference": one.booking.reference,
        "outcome": outcome,
        "start": one.slot.ask.start,
        "end": one.slot.ask.end,
        "evse_uid": fitting.unit.uid if fitting else None,
        "quote": one.slot.total,
        "difference": one.more,
        **problem_of(one.problem),
    }


def _canceled(one: DateCanceled) -> dict[str, Any]:
    return {
        "date": day_of(one.booking),
        "reference": one.booking.reference,
        "status": one.booking.status,
        "fee": one.cancellation.fee if one.cancellation else None,
        "refund": one.cancellation.refund if one.cancellation else None,
        **problem_of(one.problem),
    }
