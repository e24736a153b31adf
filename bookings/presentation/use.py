"""How much stations were used, as tables: shares in percent, the hours of the week in shades."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple

from bookings.hours_of_week import HourOfWeek
from bookings.selectors.demand import StationDemand
from bookings.selectors.evse_use import EvseUse, HourUse
from bookings.selectors.utilisation import StationUse

SHADES: Final = 5
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class UseRow(NamedTuple):
    """A station or an EVSE; shares are of one, None where there is nothing to have a share of."""

    use: StationUse | EvseUse
    no_show_rate: Decimal | None


class Shade(NamedTuple):
    """An hour of the week: percent of its EVSE time booked, None while closed; level 0 to SHADES."""

    percent: int | None
    level: int


class WeekdayShades(NamedTuple):
    name: str
    hours: list[Shade]


class ExpectedShade(NamedTuple):
    """Sessions expected to begin in an hour; level 0 to SHADES."""

    sessions: float
    level: int


class DemandShades(NamedTuple):
    """A kind of day: sessions expected of the whole day, and of each hour."""

    name: str
    day: float
    hours: list[ExpectedShade]


def use_row(use: StationUse | EvseUse) -> UseRow:
    """No-shows are counted against the visits that were due: those who came and left, and those who did not."""
    due = use.completed + use.no_shows
    return UseRow(use, Decimal(use.no_shows) / due if due else None)


def shades_of_week(hours: Mapping[HourOfWeek, HourUse]) -> list[WeekdayShades]:
    """Seven rows of 24 shades."""
    busiest = max((use.utilisation for use in hours.values() if use.utilisation), default=Decimal(1))
    return [
        WeekdayShades(name, [_shade(hours.get((weekday, hour)), busiest) for hour in range(24)])
        for weekday, name in enumerate(_WEEKDAYS, 1)
    ]


def shades_of_demand(demand: StationDemand | None) -> list[DemandShades]:
    """Two rows of 24 shades, none where nothing is expected yet."""
    if demand is None:
        return []
    busiest = max(*demand.weekday, *demand.weekend) or 1.0
    return [
        DemandShades(name, sum(hours), [ExpectedShade(one, ceil(one / busiest * SHADES)) for one in hours])
        for name, hours in (("Weekdays", demand.weekday), ("Weekends", demand.weekend))
    ]


def _shade(use: HourUse | None, busiest: Decimal) -> Shade:
    """Level 0 is nothing at all, the rest are fifths of the busiest hour."""
    if use is None or use.utilisation is None:
        return Shade(None, 0)
    return Shade(round(use.utilisation * 100), ceil(use.utilisation / busiest * SHADES))
