"""Booking a series: each date is held by itself, so that one that is taken stops no other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings.errors import NothingToBook, SlotTaken
from bookings.holds import awaits_payment
from bookings.models import Booking, Series
from bookings.series_acts import act_on_series
from bookings.services.confirm import confirm
from bookings.services.hold import SlotAsk, hold_once
from bookings.services.series.asking import SeriesAsk, SeriesPreview, new_series_id, preview_series
from bookings.services.series.judging import DateSlot
from bookings.services.series.later import wait_for
from bookings.services.series.telling import tell_if_booked
from bookings.services.writing import slot_transaction
from evbooking.core.errors import DomainError, Invalid, WrongState

_ATTEMPTS: Final = 3  # a lost one means that another EVSE has just been taken


@dataclass(frozen=True, slots=True)
class DateBooked:
    """What became of one date: its booking, or the problem."""

    slot: DateSlot
    booking: Booking | None = None
    problem: DomainError | None = None

    @property
    def lost(self) -> bool:
        """Whether it is not had, neither now nor by itself later."""
        return self.problem is not None and not self.slot.later


@dataclass(frozen=True, slots=True)
class SeriesBooked:
    """A series and what became of each date that was wanted."""

    series: Series
    dates: list[DateBooked]

    @property
    def later(self) -> int:
        """How many wait until they can be booked."""
        return sum(one.slot.later for one in self.dates)


def book_series(
    driver: User,
    ask: SeriesAsk,
    *,
    chosen: Collection[date] | None = None,
    series_id: UUID | None = None,
    now: datetime,
) -> SeriesBooked:
    """Book all dates that can be had, or those `chosen` (days at the site), each in a transaction of its own.

    Where nothing is to be paid now each is confirmed; the others are holds of one checkout. What is taken or against
    the rules is said with its date and stops no other; what is too far ahead is booked when it can be
    (services.series.later). Asked twice under one `series_id` there is one series.

    Raises Invalid as `preview_series`, and at `dates` for a day that is no date of it; NothingToBook when none
    of the wanted dates could be had: then nothing is left.
    """
    series_id = series_id or new_series_id()
    if (known := Series.objects.filter(pk=series_id).first()) is not None:
        return _known(known, driver)
    preview = preview_series(ask, now=now)
    wanted = _wanted(preview, chosen)
    series = _begin(driver, ask, series_id, wanted, now)
    with act_on_series(series.pk):
        dates = [_book(driver, ask, series, slot, now) for slot in wanted]
    if not any(one.booking for one in dates):
        series.delete()
        raise NothingToBook((one.slot.ask.wall.date(), one.problem) for one in dates if one.problem)
    tell_if_booked(series, actor=driver, now=now)
    return SeriesBooked(series, dates)


def _known(series: Series, driver: User) -> SeriesBooked:
    """What was booked when it was asked for first."""
    if series.driver_id != driver.pk:
        raise WrongState("Begin again with the slot you want to repeat.")
    return SeriesBooked(series, [])


def _wanted(preview: SeriesPreview, chosen: Collection[date] | None) -> list[DateSlot]:
    if chosen is None:
        return preview.dates
    if not chosen or set(chosen) - {slot.ask.wall.date() for slot in preview.dates}:
        raise Invalid.one("dates", "invalid", "Choose at least one, and only dates of this series.")
    return [slot for slot in preview.dates if slot.ask.wall.date() in chosen]


@transaction.atomic
def _begin(
    driver: User, ask: SeriesAsk, series_id: UUID, wanted: Collection[DateSlot], now: datetime
) -> Series:
    series = Series.objects.create(
        id=series_id,
        driver=driver,
        station=ask.station,
        evse=ask.evse,
        connector=ask.connector or "",
        vehicle=ask.vehicle,
        energy_kwh=ask.energy_kwh,
        rrule=str(ask.rule),
        time_zone=ask.station.time_zone,
        first_day=ask.first.date(),
        clock=ask.first.time(),
        duration_minutes=int(ask.lasting.total_seconds()) // 60,
        created_at=now,
        last_updated=now,
    )
    wait_for(series, [slot for slot in wanted if slot.later], now=now)
    return series


def _book(driver: User, ask: SeriesAsk, series: Series, slot: DateSlot, now: datetime) -> DateBooked:
    """Hold one date, and confirm it where nothing is to be paid."""
    if slot.problem is not None:
        return DateBooked(slot, problem=slot.problem)
    try:
        booking = _hold(driver, ask, series, slot, now)
        if not awaits_payment(booking):
            confirm(booking, actor=driver, now=now)
    except DomainError as problem:
        return DateBooked(replace(slot, problem=problem), problem=problem)
    return DateBooked(slot, booking=booking)


def _hold(driver: User, ask: SeriesAsk, series: Series, slot: DateSlot, now: datetime) -> Booking:
    start, end = slot.ask.start, slot.ask.end
    assert start and end, "a date that can be had has a start"
    asked = SlotAsk(ask.station, start, end, ask.evse, ask.wish, ask.energy_kwh, series=series)
    for _ in range(_ATTEMPTS):
        with slot_transaction():
            booking = hold_once(driver, asked, now)
        if booking is not None:
            return booking
    raise SlotTaken
