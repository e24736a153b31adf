"""Changing a series from one day on: each date moves by itself, and one that cannot stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.models import User
from bookings.availability.wishes import Wish
from bookings.errors import TooLateToChange
from bookings.models import Booking, Series
from bookings.recurrence import at_site
from bookings.selectors.series import dates_of, day_of
from bookings.series_acts import act_on_series
from bookings.services.deal import Deal
from bookings.services.reschedule import reschedule, wished_energy
from bookings.services.series.asking import offered
from bookings.services.series.judging import DateAsk, DateSlot, judge
from bookings.services.series.telling import tell_series, total_of
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE
from evbooking.core.errors import DomainError, Invalid, WrongState
from evbooking.core.money import Money
from stations.models import EVSE, Station

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What dates from the day `since` on become: the site's `clock`, how long, where; what is None stays."""

    since: date
    clock: time | None = None
    lasting: timedelta | None = None
    evse: EVSE | None = None


@dataclass(frozen=True, slots=True)
class DateChanged:
    """One date: the booking where it is now, and what it would be or was asked to be.

    `replacement` is a dearer slot that is kept until the difference is paid.
    """

    booking: Booking
    slot: DateSlot
    moved: bool = False
    replacement: Booking | None = None
    problem: DomainError | None = None

    @property
    def more(self) -> Money:
        """By how much the date becomes dearer; negative: cheaper."""
        old = Money(self.booking.total_amount, self.booking.currency)
        return (self.slot.total or old) - old


def preview_change(series: Series, change: SeriesChange, *, now: datetime) -> list[DateChanged]:
    """What the change would make of each date that is open. Raises Invalid, or WrongState where none is."""
    station = _station(series)
    dates = _open(series, change)
    deal = offered(station)
    asks = [_asked(booking, change, deal, now) for booking in dates]
    slots = judge(station, asks, now=now)
    pairs = zip(dates, slots, strict=True)
    return [DateChanged(booking, slot, problem=slot.problem) for booking, slot in pairs]


def change_series(series: Series, change: SeriesChange, *, actor: User, now: datetime) -> list[DateChanged]:
    """Move each date that can be moved, by the rules of a single move (services.reschedule), and tell it once.

    Raises as `preview_change`.
    """
    with act_on_series(series.pk):
        done = [_change(one, change, actor, now) for one in preview_change(series, change, now=now)]
    moved = [one.booking for one in done if one.moved]
    if moved:
        _note(series, change, moved, actor, now)
    return done


def _station(series: Series) -> Station:
    return Station.objects.select_related("operator", "terms", "tariff__current").get(pk=series.station_id)


def _open(series: Series, change: SeriesChange) -> list[Booking]:
    if change.clock is None and change.lasting is None and change.evse is None:
        raise Invalid.one(
            "start", "required", "Say what shall change: the time, how long, or the charge point."
        )
    dates = [one for one in dates_of(series).filter(status__in=CHANGEABLE) if day_of(one) >= change.since]
    if not dates:
        raise WrongState("No date of this series is left to change.")
    return dates


def _asked(booking: Booking, change: SeriesChange, deal: Deal, now: datetime) -> DateAsk:
    zone = deal.offer.zone
    wall = booking.start.astimezone(zone).replace(tzinfo=None, fold=0)
    start: datetime | None = booking.start
    if change.clock is not None:
        wall = datetime.combine(day_of(booking), change.clock)
        start = at_site(wall, zone)
    terms = AcceptedTerms.from_json(booking.terms)
    return DateAsk(
        wall,
        start,
        change.lasting or booking.end - booking.start,
        Deal(deal.offer, terms, booking.tariff_version),
        change.evse,
        Wish(booking.connector, booking.vehicle),
        wished_energy(booking),
        own=booking,
        problem=TooLateToChange() if now > terms.change_until(booking.start) else None,
    )


def _change(one: DateChanged, change: SeriesChange, actor: User, now: datetime) -> DateChanged:
    start, end = one.slot.ask.start, one.slot.ask.end
    if one.problem is not None or start is None or end is None:
        return one
    try:
        found = reschedule(one.booking, start=start, end=end, evse=change.evse, actor=actor, now=now)
    except DomainError as problem:
        return DateChanged(one.booking, one.slot, problem=problem)
    if found.replaces_id is not None:
        return DateChanged(one.booking, one.slot, replacement=found)
    if change.clock is not None:
        Booking.objects.filter(pk=found.pk).update(occurrence=start)
        found.occurrence = start
    return DateChanged(found, one.slot, moved=True)


@transaction.atomic
def _note(series: Series, change: SeriesChange, moved: Sequence[Booking], actor: User, now: datetime) -> None:
    """The series is what its later dates are now."""
    found = Series.objects.select_for_update().get(pk=series.pk)
    found.clock = change.clock or found.clock
    found.evse = change.evse or found.evse
    if change.lasting is not None:
        found.duration_minutes = change.lasting // _MINUTE
    found.last_updated = now
    found.save(update_fields=["clock", "evse", "duration_minutes", "last_updated"])
    tell_series(found, "changed", moved, actor=actor, now=now, total=total_of(moved))
