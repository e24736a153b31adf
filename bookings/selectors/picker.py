"""A day's slot picker of one station: a column per connector class, a row per grid start, the best ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from accounts.models import Vehicle
from bookings.availability import Fitting, Offer, Window, Wish, fittings_of, slot_price
from bookings.availability.free import Ask, Free, allows
from bookings.availability.slots import free_for
from bookings.availability.window import usual_duration
from bookings.energy import energy_for
from bookings.ports import Floats, SlotsAsked
from bookings.ranking.chances import chances_of
from bookings.selectors.picker_best import mark_best
from bookings.selectors.picker_shape import Cell, CellState, Column, SlotPicker
from stations.grid import starts_between
from stations.local_time import epoch_seconds, local_midnight


def slot_picker(
    offer: Offer,
    *,
    day: date,
    now: datetime,
    duration: timedelta | None = None,
    connector: str | None = None,
    vehicle: Vehicle | None = None,
    ignoring: UUID | None = None,
    marked: bool = True,
) -> SlotPicker:
    """The picker of a date at the site, in one query; `duration` None is the station's usual one.

    `ignoring` is a booking about to move, its time is free. `marked` False leaves it to the caller which are the best.
    """
    if offer.terms is None or not offer.bookable:
        return SlotPicker(day, duration or timedelta(hours=1), (), ())
    duration = usual_duration(offer.terms) if duration is None else duration
    seconds = int(duration.total_seconds())
    if not allows(offer.terms, seconds):
        return SlotPicker(day, duration, (), ())
    window = Window(day, day + timedelta(days=1))
    starts = starts_between(
        offer.zone,
        offer.terms.timeslot_increment_minutes,
        *(local_midnight(offer.zone, edge) for edge in (day, day + timedelta(days=1))),
    )
    low, high = window.at(offer.zone, offer.terms, now)
    groups = _groups(offer, Wish(connector, vehicle))
    asks = [Ask(offer, tuple(one.unit for one in group), low, high, seconds) for group in groups]
    found = free_for(asks, now=now, ignoring=ignoring)
    evse_ids = [tuple(one.unit.id for one in group) for group in groups]
    chances = chances_of(
        [SlotsAsked(ids, free.starts, free.mask) for ids, free in zip(evse_ids, found, strict=True)], now
    )
    columns = [
        _column(offer, group, free, chance, starts, duration, vehicle, now)
        for group, free, chance in zip(groups, found, chances, strict=True)
    ]
    shown = mark_best(offer, columns, now) if marked else columns
    return SlotPicker(day, duration, tuple(starts), tuple(shown))


def _groups(offer: Offer, wish: Wish) -> list[tuple[Fitting, ...]]:
    fittings = sorted(fittings_of(offer, wish), key=_kind)
    return [tuple(group) for _, group in groupby(fittings, key=_kind)]


def _kind(fitting: Fitting) -> tuple[Decimal, str]:
    return fitting.power_kw, fitting.plug.standard


def _column(
    offer: Offer,
    fittings: Sequence[Fitting],
    free: Free,
    chances: Floats | None,
    starts: Sequence[datetime],
    duration: timedelta,
    vehicle: Vehicle | None,
    now: datetime,
) -> Column:
    rows = dict(zip(free.starts.tolist(), free.mask.T.tolist(), strict=True))
    sure = {} if chances is None else dict(zip(free.starts.tolist(), chances.tolist(), strict=True))
    closed = _closed_spans(offer, starts, duration)
    cells = []
    for start in starts:
        row, end = rows.get(epoch_seconds(start), ()), start + duration
        if any(row):
            chance = sure.get(epoch_seconds(start))
            cells.append(_free_cell(offer, fittings, row, start, end, vehicle, chance))
        else:
            cells.append(Cell(start, end, _why_not(start, end, closed, now)))
    first = fittings[0]
    evse_ids = tuple(fitting.unit.id for fitting in fittings)
    return Column(first.plug.standard, first.plug.is_dc, first.power_kw, evse_ids, tuple(cells))


def _free_cell(
    offer: Offer,
    fittings: Sequence[Fitting],
    row: Sequence[bool],
    start: datetime,
    end: datetime,
    vehicle: Vehicle | None,
    chance: float | None,
) -> Cell:
    fitting = fittings[list(row).index(True)]
    return Cell(
        start,
        end,
        CellState.FREE,
        fitting,
        sum(row),
        slot_price(offer, fitting, start, end, vehicle=vehicle),
        energy_for(fitting.power_kw, end - start, vehicle),
        chance,
    )


def _closed_spans(offer: Offer, starts: Sequence[datetime], duration: timedelta) -> list[tuple[int, int]]:
    if not starts:
        return []
    gaps = offer.calendar.gaps(epoch_seconds(starts[0]), epoch_seconds(starts[-1] + duration))
    return [*gaps, *((span.begin, span.end) for span in offer.closures if span.unit_id is None)]


def _why_not(start: datetime, end: datetime, closed: Sequence[tuple[int, int]], now: datetime) -> CellState:
    if start < now:
        return CellState.PAST
    low, high = epoch_seconds(start), epoch_seconds(end)
    is_closed = any(begin < high and until > low for begin, until in closed)
    return CellState.CLOSED if is_closed else CellState.TAKEN
