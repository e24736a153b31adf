"""The slot picker laid out: day tabs, the grid of a day by hours, and the same slots as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from accounts.models import Vehicle
from bookings.energy import energy_for
from bookings.forms.slot import SlotValue
from bookings.presentation.recommended import Marks
from bookings.presentation.words import percent_sure, site_clock
from bookings.selectors import Cell, CellState, Column, SlotPicker
from evbooking.core.money import Money

QUITE_SURE: Final = 95  # percent
_NOTHING: Final = {CellState.TAKEN: "taken", CellState.CLOSED: "closed", CellState.PAST: "past"}


class DayTab(NamedTuple):
    """A day of the site and what is free on it."""

    day: date
    label: str
    note: str
    current: bool


class ColumnHead(NamedTuple):
    """A connector class: what it is, how many charge points, the kWh it gives in the chosen time."""

    standard: str
    power_kw: Decimal
    units: int
    energy_kwh: Decimal


class SlotButton(NamedTuple):
    """A free slot: `value` is what its button sends; `rank` and `reason` only where it is recommended.

    `sure` is the percent by which a charge point is really free then, None where nobody knows; `unsure` is the same
    where it is so little that the grid says it.
    """

    value: str
    head: ColumnHead
    time: str
    until: str
    price: Money | None
    free: int
    sure: int | None
    rank: int | None
    reason: str

    @property
    def unsure(self) -> int | None:
        return None if self.sure is None or self.sure >= QUITE_SURE else self.sure


class HourCell(NamedTuple):
    """The free slots of an hour in one column, or the word for why there are none."""

    slots: list[SlotButton]
    nothing: str


class HourRow(NamedTuple):
    """An hour of the site's clock."""

    label: str
    cells: list[HourCell]


@dataclass(frozen=True, slots=True)
class DayGrid:
    """A day's slots as a grid (`rows`), as a list (`slots`), and the recommended ones (`best`)."""

    heads: list[ColumnHead]
    rows: list[HourRow]
    slots: list[SlotButton]

    @property
    def quite_sure(self) -> int | None:
        """The percent that a slot without a figure of its own reaches; None where nobody knows anything."""
        return QUITE_SURE if any(one.sure is not None for one in self.slots) else None

    @property
    def best(self) -> list[SlotButton]:
        return sorted((one for one in self.slots if one.rank), key=lambda one: one.rank or 0)


def mark_slots(grid: DayGrid, marks: Marks) -> DayGrid:
    """The grid with these slots recommended and no others."""

    def marked(slots: list[SlotButton]) -> list[SlotButton]:
        return [_marked(one, marks) for one in slots]

    rows = [
        HourRow(row.label, [cell._replace(slots=marked(cell.slots)) for cell in row.cells])
        for row in grid.rows
    ]
    return DayGrid(grid.heads, rows, marked(grid.slots))


def day_tabs(first_day: date, counts: Sequence[int], chosen: date) -> list[DayTab]:
    """A tab for each count from `first_day` on."""
    tabs = []
    for number, count in enumerate(counts):
        day = first_day + timedelta(days=number)
        note = f"{count} free" if count else "none free"
        month = f" {day:%b}" if not number or day.day == 1 else ""
        tabs.append(DayTab(day, f"{day:%a} {day.day}{month}", note, day == chosen))
    return tabs


def day_grid(picker: SlotPicker, zone: ZoneInfo, vehicle: Vehicle | None) -> DayGrid:
    """The grid from the first hour with a free slot to the last; an hour that comes twice makes two rows."""
    heads = [_head(column, picker.duration, vehicle) for column in picker.columns]
    rows = []
    for _, starts in groupby(enumerate(picker.starts), key=lambda pair: _hour(pair[1], zone)):
        places = [place for place, _ in starts]
        label = _hour_label(picker.starts[places[0]], zone)
        cells = [
            _hour_cell([column.cells[place] for place in places], head, zone)
            for column, head in zip(picker.columns, heads, strict=True)
        ]
        rows.append(HourRow(label, cells))
    rows = _without_empty_ends(rows)
    return DayGrid(heads, rows, _in_order(picker, heads, zone))


def _head(column: Column, lasting: timedelta, vehicle: Vehicle | None) -> ColumnHead:
    energy = energy_for(column.power_kw, lasting, vehicle)
    return ColumnHead(column.standard, column.power_kw, column.unit_count, energy)


def _hour_cell(cells: Sequence[Cell], head: ColumnHead, zone: ZoneInfo) -> HourCell:
    slots = [_button(cell, head, zone) for cell in cells if cell.state == CellState.FREE]
    return HourCell(slots, "" if slots else _NOTHING.get(cells[-1].state, ""))


def _in_order(picker: SlotPicker, heads: Sequence[ColumnHead], zone: ZoneInfo) -> list[SlotButton]:
    return [
        _button(column.cells[place], head, zone)
        for place in range(len(picker.starts))
        for column, head in zip(picker.columns, heads, strict=True)
        if column.cells[place].state == CellState.FREE
    ]


def _button(cell: Cell, head: ColumnHead, zone: ZoneInfo) -> SlotButton:
    return SlotButton(
        value=str(SlotValue(cell.start, head.standard, cell.evse_uid)),
        head=head,
        time=site_clock(cell.start, zone),
        until=site_clock(cell.end, zone),
        price=cell.price,
        free=cell.free_units,
        sure=percent_sure(cell.chance),
        rank=cell.rank,
        reason=cell.reason,
    )


def _marked(slot: SlotButton, marks: Marks) -> SlotButton:
    value = SlotValue.read(slot.value)
    rank, reason = marks.get((value.start, value.evse_uid), (None, ""))
    return slot._replace(rank=rank, reason=reason)


def _without_empty_ends(rows: list[HourRow]) -> list[HourRow]:
    full = [place for place, row in enumerate(rows) if any(cell.slots for cell in row.cells)]
    return rows[full[0] : full[-1] + 1] if full else []


def _hour(start: datetime, zone: ZoneInfo) -> tuple[int, timedelta | None]:
    wall = start.astimezone(zone)
    return wall.hour, wall.utcoffset()


def _hour_label(start: datetime, zone: ZoneInfo) -> str:
    clock, _, offset = site_clock(start, zone).partition(" ")
    return f"{clock[:2]}:00 {offset}".rstrip()
