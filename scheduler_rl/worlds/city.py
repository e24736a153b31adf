"""What a world is made of: sites, the sessions that days are drawn from, and price days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from scheduler_rl.arrays import Bools, Floats, Ints

SLOT_MINUTES: Final = 15
SLOT_HOURS: Final = SLOT_MINUTES / 60
DAY_SLOTS: Final = 96
HORIZON_SLOTS: Final = 144  # 36 h: the latest stay that begins in the day ends within it

MOST_CONNECTORS: Final = 127  # of a site: a byte counts the free ones; larger sites count as this

AC_KW: Final = 11.0
DC_KW: Final = 45.0  # what a 50 kW site gives

Kind = Literal["weekday", "weekend"]
KINDS: Final[tuple[Kind, Kind]] = ("weekday", "weekend")


@dataclass(frozen=True, slots=True)
class Sites:
    """Charging sites; arrays of one length S.

    ids: the source's numbers; xy: metres, shape (S, 2); capacity: connectors, at most MOST_CONNECTORS; dc: whether
    they are DC (45 kW used) or AC (11 kW).
    """

    ids: Ints
    xy: Floats
    capacity: Ints
    dc: Bools

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Pool:
    """Sessions of one kind of day that simulated days draw from, with replacement.

    site: index into Sites; start: slots from midnight (fractions kept); stay: minutes; days: real days they come
    from, so `len(site) / days` is the mean demand of a day.
    """

    site: Ints
    start: Floats
    stay: Floats
    days: int

    @property
    def per_day(self) -> float:
        return len(self.site) / max(self.days, 1)


@dataclass(frozen=True, slots=True)
class City:
    """A world in which days can be simulated: one split (training, validation or test) of its data.

    prices: day-ahead prices, EUR/kWh, shape (price days, 96).
    """

    name: str
    sites: Sites
    pools: dict[Kind, Pool]
    prices: Floats
