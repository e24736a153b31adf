"""A day as a table: a row for each EVSE, columns of five minutes, hours across. Pure: rows in, cells out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.models import BLOCKING, Booking
from bookings.selectors.day import SiteDay
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Closure

COLUMN: Final = timedelta(minutes=5)  # the finest booking grid
_READABLE: Final = timedelta(minutes=90)
_TONES: Final = {
    S.HELD: "held",
    S.PENDING: "held",
    S.RESERVED: "reserved",
    S.FULFILLED: "charging",
    S.COMPLETED: "done",
    S.NO_SHOW: "absent",
}


class HourHead(NamedTuple):
    """An hour of the site's clock; fewer columns where the clocks skip a part of it."""

    label: str
    columns: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """What fills cells: a booking, or a closure with its words."""

    start: datetime
    end: datetime
    tone: str
    booking: Booking | None = None
    words: str = ""


class Cell(NamedTuple):
    columns: int
    mark: Mark | None

    @property
    def is_narrow(self) -> bool:
        """Whether no name fits into it."""
        return self.columns * COLUMN < _READABLE


class TimelineRow(NamedTuple):
    evse: EVSE
    cells: list[Cell]


class Timeline(NamedTuple):
    columns: int
    heads: list[HourHead]
    rows: list[TimelineRow]


def lay_out_day(
    day: SiteDay,
    evses: Iterable[EVSE],
    bookings: Sequence[Booking],
    closures: Sequence[Closure],
    now: datetime,
) -> Timeline:
    """The day's table. Bookings cover closures, those that keep the EVSE cover those that are over."""
    columns = -(-(day.end - day.start) // COLUMN)
    marks = [mark for booking in bookings if (mark := _mark_of(booking))]
    rows = [
        TimelineRow(evse, _cells(day, columns, [*_closed(evse, closures), *_of(evse, marks)]))
        for evse in evses
    ]
    return Timeline(columns, _heads(day, columns, now), rows)


def _mark_of(booking: Booking) -> Mark | None:
    """None for a booking that never came to anything."""
    status = S(booking.status)
    if status not in _TONES:
        return None
    end = min(booking.end, booking.stopped_at or booking.end)
    return Mark(booking.start, end, _TONES[status], booking)


def _of(evse: EVSE, marks: Iterable[Mark]) -> list[Mark]:
    mine = [mark for mark in marks if mark.booking and mark.booking.evse_id == evse.pk]
    return sorted(mine, key=lambda mark: mark.booking is not None and mark.booking.status in BLOCKING)


def _closed(evse: EVSE, closures: Iterable[Closure]) -> list[Mark]:
    return [
        Mark(closure.start, closure.end, "closed", words=closure.reason)
        for closure in closures
        if closure.evse_id in {None, evse.pk}
    ]


def _cells(day: SiteDay, columns: int, marks: Iterable[Mark]) -> list[Cell]:
    """Paint the marks over each other, in their order, then gather what lies side by side."""
    painted: list[Mark | None] = [None] * columns
    for mark in marks:
        first = max(0, (mark.start - day.start) // COLUMN)
        last = min(columns, -(-(mark.end - day.start) // COLUMN))
        painted[first:last] = [mark] * (last - first)
    return [Cell(len(list(run)), mark) for mark, run in groupby(painted)]


def _heads(day: SiteDay, columns: int, now: datetime) -> list[HourHead]:
    starts = [day.start + number * COLUMN for number in range(columns)]
    current = _hour(now, day.zone)
    return [
        HourHead(hour[1], len(list(run)), hour == current)
        for hour, run in groupby(starts, key=lambda start: _hour(start, day.zone))
    ]


def _hour(instant: datetime, zone: ZoneInfo) -> tuple[object, str, object]:
    wall = instant.astimezone(zone)
    return wall.date(), f"{wall:%H}", wall.utcoffset()
