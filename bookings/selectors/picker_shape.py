"""What a slot picker shows: rows are starts, columns are connector classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bookings.availability import Fitting
from evbooking.core.money import Money


class CellState(StrEnum):
    """What a start is to the driver."""

    FREE = "free"
    TAKEN = "taken"
    CLOSED = "closed"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Cell:
    """A start in one column: the plug a booking takes, how many units are free, the price and the energy in kWh.

    Only FREE cells have them. `chance` is the forecaster's, None without one; `rank` is 1, 2 or 3 for the best slots,
    with the `reason` in words.
    """

    start: datetime
    end: datetime
    state: CellState
    fitting: Fitting | None = None
    free_units: int = 0
    price: Money | None = None
    energy_kwh: Decimal = Decimal(0)
    chance: float | None = None
    rank: int | None = None
    reason: str = ""

    @property
    def evse_uid(self) -> str:
        """The EVSE to book; empty where the cell is not free."""
        return self.fitting.unit.uid if self.fitting else ""


@dataclass(frozen=True, slots=True)
class Column:
    """Units of one standard and power; `cells` are the rows of the picker, one for each of its starts."""

    standard: str
    is_dc: bool
    power_kw: Decimal
    evse_ids: tuple[UUID, ...]
    cells: tuple[Cell, ...]

    @property
    def unit_count(self) -> int:
        return len(self.evse_ids)

    @property
    def free_count(self) -> int:
        return sum(cell.state == CellState.FREE for cell in self.cells)


@dataclass(frozen=True, slots=True)
class SlotPicker:
    """One day at the site, of 23 to 25 hours: starts in order (aware UTC), and the columns, weakest power first.

    `starts` is empty when the terms allow no such duration, `columns` when nothing fits the wish.
    """

    day: date
    duration: timedelta
    starts: tuple[datetime, ...]
    columns: tuple[Column, ...]

    @property
    def best(self) -> list[Cell]:
        """The recommended cells, best first."""
        cells = [cell for column in self.columns for cell in column.cells if cell.rank is not None]
        return sorted(cells, key=lambda cell: cell.rank or 0)
