"""How much stations were used, as tables: shares in percent, the hours of the week in shades."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple

from bookings.hours_of_week import HourOfWeek
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


def _shade(use: HourUse | None, busiest: Decimal) -> Shade:
    """Level 0 is nothing at all, the rest are fifths of the busiest hour."""
    if use is None or use.utilisation is None:
        return Shade(None, 0)
    return Shade(round(use.utilisation * 100), ceil(use.utilisation / busiest * SHADES))
