"""Which dates of a series can be had, and what each costs: as many queries for 52 dates as for one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bookings.availability.alternatives import alternatives_to_each
from bookings.availability.busy import Busy, busy_spans
from bookings.availability.wishes import Fitting, Wish
from bookings.errors import SlotTaken
from bookings.fitting import best_first
from bookings.models import Booking
from bookings.services.deal import Deal, fittings_for
from evbooking.core.errors import DomainError, Invalid
from evbooking.core.money import Money
from stations.local_time import epoch_seconds
from stations.models import EVSE, Station
from stations.pricing import Quote


@dataclass(frozen=True, slots=True)
class DateAsk:
    """One date: [start, end) under a deal; `wall` is the site's clock, and `start` None where the clocks skip it.

    `own` is the booking that would move there, `problem` what forbids it whatever the slot; `later` says that bookings
    of that day are not open yet, and the deal is that of `Deal.at_any_time`.
    """

    wall: datetime
    start: datetime | None
    lasting: timedelta
    deal: Deal
    evse: EVSE | None
    wish: Wish
    energy_kwh: Decimal | None = None
    own: Booking | None = None
    problem: DomainError | None = None
    later: bool = False

    @property
    def end(self) -> datetime | None:
        return self.start + self.lasting if self.start else None


@dataclass(frozen=True, slots=True)
class DateSlot:
    """What a date would be: the plug, the energy in kWh and the quote; or the `problem`, by the codes of a hold.

    A SlotTaken has the nearest alternatives. One that is too far ahead has both, where that is all that forbids it.
    """

    ask: DateAsk
    fitting: Fitting | None = None
    energy_kwh: Decimal | None = None
    quote: Quote | None = None
    problem: DomainError | None = None

    @property
    def free(self) -> bool:
        return self.problem is None

    @property
    def later(self) -> bool:
        """Whether it can be booked by itself when bookings open, as far as is known."""
        return self.ask.later and self.quote is not None

    @property
    def total(self) -> Money | None:
        return self.quote.total if self.quote else None


def judge_moves(
    station: Station, asks: Sequence[DateAsk], *, kept: Collection[datetime], now: datetime
) -> list[DateSlot]:
    """Dates of a series that move together: one may go where another leaves, and whoever stays is in the way of the
    others, as are the places that the series has `kept` besides."""
    staying: dict[UUID, datetime | None] = {}
    while True:
        places = {*kept, *staying.values()}
        slots = [_apart(slot, places) for slot in judge(station, asks, now=now, staying=staying)]
        stay = {slot.ask.own.pk: slot.ask.own.occurrence for slot in slots if slot.problem and slot.ask.own}
        if stay.keys() <= staying.keys():
            return slots
        staying |= stay


def _apart(slot: DateSlot, places: Collection[datetime | None]) -> DateSlot:
    """Not where another date of the series is, even beside it at a second charge point."""
    own, start = slot.ask.own, slot.ask.start
    elsewhere = own is not None and own.occurrence != start
    if slot.problem is None and elsewhere and start in places:
        return replace(slot, problem=SlotTaken())
    return slot


def judge(
    station: Station, asks: Sequence[DateAsk], *, now: datetime, staying: Collection[UUID] = ()
) -> list[DateSlot]:
    """Each date at a station as it is now, in order; they are for one wish. All that move, but for those `staying`,
    are gone from where they are."""
    busy = _Taken(asks, now, staying)
    slots = [_judged(ask, busy, now) for ask in asks]
    taken = [slot.ask for slot in slots if isinstance(slot.problem, SlotTaken)]
    others: dict[datetime, list[dict[str, Any]]] = {}
    for lasting in {ask.lasting for ask in taken}:
        starts = [ask.start for ask in taken if ask.lasting == lasting and ask.start]
        near = alternatives_to_each(station, starts=starts, lasting=lasting, wish=asks[0].wish, now=now)
        others |= zip(starts, near, strict=True)
    return [_with_alternatives(slot, others) for slot in slots]


class _Taken:
    """What is taken of a station's units while the dates last: one scan; what would move is in nobody's way."""

    def __init__(self, asks: Sequence[DateAsk], now: datetime, staying: Collection[UUID]) -> None:
        units = [unit.id for unit in asks[0].deal.offer.units] if asks else []
        self.row = {unit: row for row, unit in enumerate(units)}
        spans = [span for ask in asks if (span := _span(ask))]
        if spans:
            low, high = min(low for low, _ in spans), max(high for _, high in spans)
            self.busy = busy_spans(units, low, high, now=now)
        else:
            self.busy = Busy(*np.empty((3, 0), dtype=np.int64))
        self.left = np.zeros(len(self.busy.unit), dtype=np.bool_)
        for ask in asks:
            if ask.own is not None and ask.own.pk not in staying:
                self.left |= self._of(ask.own)

    def is_free(self, ask: DateAsk, fitting: Fitting) -> bool:
        span = _span(ask)
        if span is None:
            return False
        low, high = (epoch_seconds(edge) for edge in span)
        busy, row = self.busy, self.row[fitting.unit.id]
        meets = (busy.unit == row) & (busy.begin < high) & (busy.end > low)
        meets &= ~self.left
        if ask.own is not None:
            meets &= ~self._of(ask.own)
        return not meets.any()

    def _of(self, booking: Booking) -> npt.NDArray[np.bool_]:
        """Which of the spans are this booking's."""
        row = self.row.get(booking.evse_id, -1)
        found: npt.NDArray[np.bool_] = (self.busy.unit == row) & (
            self.busy.begin == epoch_seconds(booking.start)
        )
        return found


def _span(ask: DateAsk) -> tuple[datetime, datetime] | None:
    return (ask.start, ask.deal.terms.blocked_until(ask.end)) if ask.start and ask.end else None


def _judged(ask: DateAsk, busy: _Taken, now: datetime) -> DateSlot:
    try:
        return _found(ask, busy, now)
    except DomainError as problem:
        return DateSlot(ask, problem=problem)


def _found(ask: DateAsk, busy: _Taken, now: datetime) -> DateSlot:
    """Raises what a hold of the date, or a move there, would raise."""
    if ask.start is None or ask.end is None:
        raise Invalid.one("start", "no_such_time", "The clocks skip this time on that day.")
    fittings = fittings_for(ask.deal, ask.evse, ask.wish, ask.start, ask.end, now)
    if ask.problem is not None:
        raise ask.problem
    free = [fitting for fitting in fittings if busy.is_free(ask, fitting)]
    if not free:
        raise SlotTaken
    wanted = best_first(free, energy_kwh=ask.energy_kwh, lasting=ask.lasting)
    mine = ask.own.evse_id if ask.own else None
    fitting = next((one for one in wanted if one.unit.id == mine), wanted[0])
    energy, quote = ask.deal.quote(
        fitting, ask.start, ask.end, vehicle=ask.wish.vehicle, energy_kwh=ask.energy_kwh
    )
    return DateSlot(ask, fitting, energy, quote, problem=_not_open_yet() if ask.later else None)


def _not_open_yet() -> Invalid:
    return Invalid.one("start", "too_far_ahead", "Bookings of this day are not open yet.")


def _with_alternatives(slot: DateSlot, others: dict[datetime, list[dict[str, Any]]]) -> DateSlot:
    if slot.ask.start is None or not isinstance(slot.problem, SlotTaken):
        return slot
    return replace(slot, problem=SlotTaken(others[slot.ask.start]))
