"""Changing a series from one day on: each date moves by itself, and one that cannot stops no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from bookings.availability.wishes import Wish
from bookings.errors import SlotTaken, TooLateToChange
from bookings.models import BLOCKING, Booking, Series
from bookings.recurrence import at_site, parse_rule
from bookings.selectors.series import dates_of, day_of
from bookings.series_acts import act_on_series
from bookings.services.deal import Deal
from bookings.services.reschedule import reschedule, wished_energy
from bookings.services.series.asking import offered
from bookings.services.series.changes import SeriesChange
from bookings.services.series.following import follow, preview_following
from bookings.services.series.judging import DateAsk, DateSlot, judge_moves
from bookings.services.series.shifting import in_order_of_moving
from bookings.services.series.telling import tell_series, total_of
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE
from evbooking.core.errors import DomainError, WrongState
from evbooking.core.money import Money
from stations.models import Station

_MINUTE = timedelta(minutes=1)


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
    shift = change.shift(series)
    station = _station(series)
    dates = _open(series, change)
    deal = offered(station)
    asks = [_asked(booking, change, shift, deal, now) for booking in dates]
    slots = judge_moves(station, asks, kept=_kept(series, dates), now=now)
    pairs = zip(dates, slots, strict=True)
    return [DateChanged(booking, slot, problem=slot.problem) for booking, slot in pairs]


def change_series(series: Series, change: SeriesChange, *, actor: User, now: datetime) -> list[DateChanged]:
    """Move each date that can be moved, by the rules of a single move (services.reschedule), and tell it once.

    What waits to be booked follows (services.series.following). Raises as `preview_change`.
    """
    found = preview_change(series, change, now=now)
    moves = [(one, day_of(one.booking), one.slot.ask.wall.date()) for one in found]
    with act_on_series(series.pk):
        done = [_change(one, change, actor, now) for one in in_order_of_moving(moves)]
    moved = [one.booking for one in done if one.moved]
    later = preview_following(series, change, now=now)
    if moved or any(one.problem is None for one in later):
        _note(series, change, moved, actor, now)
    follow(later)
    return sorted(done, key=lambda one: (one.slot.ask.wall, one.booking.pk))


def _station(series: Series) -> Station:
    return Station.objects.select_related("operator", "terms", "tariff__current").get(pk=series.station_id)


def _open(series: Series, change: SeriesChange) -> list[Booking]:
    dates = [one for one in dates_of(series).filter(status__in=CHANGEABLE) if day_of(one) >= change.since]
    if not dates:
        raise WrongState("No date of this series is left to change.")
    return dates


def _kept(series: Series, moving: Sequence[Booking]) -> list[datetime]:
    """Where dates of the series are that do not move."""
    others = series.bookings.filter(status__in=BLOCKING).exclude(pk__in=[one.pk for one in moving])
    return [one for one in others.values_list("occurrence", flat=True) if one]


def _asked(
    booking: Booking, change: SeriesChange, shift: Mapping[int, int], deal: Deal, now: datetime
) -> DateAsk:
    wall, start = _where(booking, change, shift, deal.offer.zone)
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


def _where(
    booking: Booking, change: SeriesChange, shift: Mapping[int, int], zone: ZoneInfo
) -> tuple[datetime, datetime | None]:
    """The site's clock and the instant at which the date is to begin: where it is, if neither day nor time change."""
    day = day_of(booking)
    if change.clock is None and not shift.get(day.weekday()):
        return booking.start.astimezone(zone).replace(tzinfo=None, fold=0), booking.start
    assert booking.occurrence, "a booking of a series has its place in it"
    wall = change.wall(day, booking.occurrence.astimezone(zone).time(), shift)
    return wall, at_site(wall, zone)


def _change(one: DateChanged, change: SeriesChange, actor: User, now: datetime) -> DateChanged:
    start, end = one.slot.ask.start, one.slot.ask.end
    if one.problem is not None or start is None or end is None:
        return one
    try:
        _refuse_twice(one.booking, start)
        found = reschedule(one.booking, start=start, end=end, evse=change.evse, actor=actor, now=now)
    except DomainError as problem:
        return DateChanged(one.booking, one.slot, problem=problem)
    if found.replaces_id is not None:
        return DateChanged(one.booking, one.slot, replacement=found)
    if change.clock is not None or one.slot.ask.wall.date() != day_of(one.booking):
        Booking.objects.filter(pk=found.pk).update(occurrence=start)
        found.occurrence = start
    return DateChanged(found, one.slot, moved=True)


def _refuse_twice(booking: Booking, start: datetime) -> None:
    """Another date of the series, which stayed there, is in the way even where a second charge point is free."""
    others = Booking.objects.filter(series=booking.series_id, occurrence=start, status__in=BLOCKING)
    if others.exclude(pk=booking.pk).exists():
        raise SlotTaken


@transaction.atomic
def _note(series: Series, change: SeriesChange, moved: Sequence[Booking], actor: User, now: datetime) -> None:
    """The series is what its later dates are now."""
    found = Series.objects.select_for_update().get(pk=series.pk)
    found.clock = change.clock or found.clock
    found.evse = change.evse or found.evse
    if change.lasting is not None:
        found.duration_minutes = change.lasting // _MINUTE
    if change.days:
        found.rrule = str(replace(parse_rule(found.rrule), days=change.days))
    found.last_updated = now
    found.save(update_fields=["clock", "evse", "duration_minutes", "rrule", "last_updated"])
    if moved:
        tell_series(found, "changed", moved, actor=actor, now=now, total=total_of(moved))
