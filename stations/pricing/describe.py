"""Short words for a price component: what it is for and when it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from stations.documents import clock_text
from stations.pricing.elements import (
    DayOfWeek,
    PriceComponent,
    ReservationRestrictionType,
    Restrictions,
    TariffDimensionType,
)

_NAMES = {
    (None, TariffDimensionType.FLAT): "Start fee",
    (None, TariffDimensionType.ENERGY): "Energy",
    (None, TariffDimensionType.TIME): "Charging time",
    (None, TariffDimensionType.PARKING_TIME): "Parking without charging",
    (ReservationRestrictionType.RESERVATION, TariffDimensionType.FLAT): "Reservation fee",
    (ReservationRestrictionType.RESERVATION, TariffDimensionType.TIME): "Reserved time",
    (ReservationRestrictionType.RESERVATION_EXPIRES, TariffDimensionType.FLAT): "No-show fee",
    (ReservationRestrictionType.RESERVATION_EXPIRES, TariffDimensionType.TIME): "Reserved time, not used",
}
_DAYS = list(DayOfWeek)


def describe(component: PriceComponent, restrictions: Restrictions | None) -> str:
    """Such as "Energy" or "Charging time (17:00–20:00, Mon–Fri, from 20 kWh)"."""
    if restrictions is None:
        return _NAMES[None, component.type]
    name = _NAMES[restrictions.reservation, component.type]
    when = ", ".join(_conditions(restrictions))
    return f"{name} ({when})" if when else name


def _conditions(found: Restrictions) -> Iterator[str]:
    yield from _range(_clock(found.start_time), _clock(found.end_time))
    if found.day_of_week:
        yield _days(found.day_of_week)
    yield from _range(_date(found.start_date), _date(found.end_date))
    yield from _range(_plain(found.min_kwh), _plain(found.max_kwh), " kWh")
    yield from _range(_plain(found.min_power), _plain(found.max_power), " kW")
    yield from _range(_plain(found.min_current), _plain(found.max_current), " A")
    yield from _range(_minutes(found.min_duration), _minutes(found.max_duration), " min")


def _range(least: str | None, most: str | None, unit: str = "") -> Iterator[str]:
    match least, most:
        case None, None:
            return
        case None, _:
            yield f"until {most}{unit}"
        case _, None:
            yield f"from {least}{unit}"
        case _:
            yield f"{least}–{most}{unit}"


def _days(days: tuple[DayOfWeek, ...]) -> str:
    numbers = sorted(map(_DAYS.index, days))
    names = [_DAYS[number].capitalize()[:3] for number in numbers]
    if len(names) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)


def _clock(time: int | None) -> str | None:
    return None if time is None else clock_text(time)


def _date(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _minutes(seconds: int | None) -> str | None:
    return None if seconds is None else _plain(Decimal(seconds) / 60)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{round(number, 3).normalize():f}"
