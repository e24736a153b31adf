"""The parts of an OCPI tariff: price components and the restrictions under which they hold.

Source: OCPI 2.3.0, mod_tariffs, classes PriceComponent, TariffElement, TariffRestrictions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stations.documents import Reader, clock_text

_DAY_S = 24 * 60 * 60
_LONGEST_S = 366 * _DAY_S


class TariffDimensionType(StrEnum):
    """What a price is per: kWh, session, hour of charging, hour plugged in without charging."""

    ENERGY = "ENERGY"
    FLAT = "FLAT"
    PARKING_TIME = "PARKING_TIME"
    TIME = "TIME"


class DayOfWeek(StrEnum):
    """Days in the order of `datetime.weekday()`."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class ReservationRestrictionType(StrEnum):
    """Elements that price holding the slot, and a slot that nobody came for."""

    RESERVATION = "RESERVATION"
    RESERVATION_EXPIRES = "RESERVATION_EXPIRES"


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """A price per unit of one dimension, billed in steps: Wh for ENERGY, seconds for the times.

    `price` includes taxes or not as the tariff's `tax_included` says; `vat` is a percentage, None where no
    VAT applies.
    """

    type: TariffDimensionType
    price: Decimal
    step_size: int
    vat: Decimal | None = None

    def to_ocpi(self) -> dict[str, Any]:
        document: dict[str, Any] = {"type": str(self.type), "price": float(self.price)}
        if self.vat is not None:
            document["vat"] = float(self.vat)
        return document | {"step_size": self.step_size}


@dataclass(frozen=True, slots=True)
class Restrictions:
    """When an element holds; all that is set must match. Every `min_` is inclusive, every `max_` exclusive.

    Times of day are minutes of the site's wall clock (an end that is not after the start runs over midnight),
    dates are the site's, end_date excluded; kWh are counted over the session, power is kW, current the sum of
    all phases in A, durations are seconds since the session began.
    """

    start_time: int | None = None
    end_time: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None
    max_current: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: tuple[DayOfWeek, ...] = ()
    reservation: ReservationRestrictionType | None = None

    def to_ocpi(self) -> dict[str, Any]:
        document = {
            "start_time": None if self.start_time is None else clock_text(self.start_time),
            "end_time": None if self.end_time is None else clock_text(self.end_time),
            "start_date": self.start_date and self.start_date.isoformat(),
            "end_date": self.end_date and self.end_date.isoformat(),
            "min_kwh": _json_number(self.min_kwh),
            "max_kwh": _json_number(self.max_kwh),
            "min_current": _json_number(self.min_current),
            "max_current": _json_number(self.max_current),
            "min_power": _json_number(self.min_power),
            "max_power": _json_number(self.max_power),
            "min_duration": self.min_duration,
            "max_duration": self.max_duration,
            "day_of_week": [str(day) for day in self.day_of_week] or None,
            "reservation": self.reservation and str(self.reservation),
        }
        return {name: value for name, value in document.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Element:
    """Price components that hold under the same restrictions; always, where there are none."""

    price_components: tuple[PriceComponent, ...]
    restrictions: Restrictions | None = None

    def to_ocpi(self) -> dict[str, Any]:
        document: dict[str, Any] = {"price_components": [part.to_ocpi() for part in self.price_components]}
        if self.restrictions is not None:
            document["restrictions"] = self.restrictions.to_ocpi()
        return document


def read_element(reader: Reader) -> Element:
    components = reader.nested_list("price_components", _read_component, required=True)
    restrictions = reader.nested("restrictions", _read_restrictions)
    types = [part.type for part in components if part is not None]
    if len(set(types)) < len(types):
        reader.fail("price_components", "invalid", "A dimension may have only one price in an element.")
    if restrictions and restrictions.reservation and not set(types) <= _OF_RESERVATIONS:
        reader.fail("price_components", "invalid", "A reservation can only have FLAT and TIME prices.")
    return Element(tuple(part for part in components if part is not None), restrictions)


_OF_RESERVATIONS = {TariffDimensionType.FLAT, TariffDimensionType.TIME}


def _read_component(reader: Reader) -> PriceComponent | None:
    kind = reader.choice("type", TariffDimensionType, required=True)
    price = reader.number("price", required=True)
    vat = reader.number("vat", most=100)
    # a FLAT fee has no steps, so 0 is as good as 1 there
    least = 0 if kind is TariffDimensionType.FLAT else 1
    step = reader.integer("step_size", least=least, most=1_000_000, required=True)
    if kind is None or price is None or step is None:
        return None
    return PriceComponent(kind, price, step, vat)


def _read_restrictions(reader: Reader) -> Restrictions:
    restrictions = Restrictions(
        start_time=reader.clock("start_time"),
        end_time=reader.clock("end_time"),
        start_date=reader.day("start_date"),
        end_date=reader.day("end_date"),
        min_kwh=reader.number("min_kwh"),
        max_kwh=reader.number("max_kwh"),
        min_current=reader.number("min_current"),
        max_current=reader.number("max_current"),
        min_power=reader.number("min_power"),
        max_power=reader.number("max_power"),
        min_duration=reader.integer("min_duration", least=0, most=_LONGEST_S),
        max_duration=reader.integer("max_duration", least=0, most=_LONGEST_S),
        day_of_week=reader.choices("day_of_week", DayOfWeek),
        reservation=reader.choice("reservation", ReservationRestrictionType),
    )
    _check_ranges(reader, restrictions)
    return restrictions


def _check_ranges(reader: Reader, found: Restrictions) -> None:
    ranges = {
        "end_date": (found.start_date, found.end_date),
        "max_kwh": (found.min_kwh, found.max_kwh),
        "max_current": (found.min_current, found.max_current),
        "max_power": (found.min_power, found.max_power),
        "max_duration": (found.min_duration, found.max_duration),
    }
    for name, (least, most) in ranges.items():
        if least is not None and most is not None and not least < most:  # type: ignore[operator]
            reader.fail(name, "invalid", "This range is empty, so the element would never hold.")


def _json_number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
