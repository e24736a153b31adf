"""Kinds of station: who comes there, how long they stay, what stands there and what it costs."""

from dataclasses import dataclass
from typing import Any

from evbooking.core.ocpi import Facility, ParkingType

ALWAYS = {"twentyfourseven": True}


def daily(begin: str, end: str, days: range = range(1, 8)) -> dict[str, Any]:
    """OCPI Hours that are the same on each of `days` (1 = Monday)."""
    hours = [{"weekday": day, "period_begin": begin, "period_end": end} for day in days]
    return {"twentyfourseven": False, "regular_hours": hours}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of station. Shares sum to 1 over KINDS; stays are minutes (median, spread of the logarithm)."""

    name: str
    label: str
    share: float
    evses: tuple[int, int]
    dc_kw: tuple[int, ...]
    ac_kw: int
    parking_type: ParkingType
    facilities: tuple[Facility, ...]
    opening_times: dict[str, Any]
    tariff: str
    stay_minutes: float
    stay_spread: float
    visits_per_day: float
    profile: str


KINDS = (
    Kind("street", "{street}", 0.44, (2, 2), (), 11, ParkingType.ON_STREET, (), ALWAYS, "ac",
         110, 0.55, 1.7, "residential"),
    Kind("garage", "Parkhaus {street}", 0.20, (2, 6), (), 22, ParkingType.PARKING_GARAGE, (Facility.MALL,),
         daily("06:00", "23:00"), "ac_day_night", 150, 0.5, 1.6, "city"),
    Kind("supermarket", "Markt {street}", 0.18, (2, 4), (50,), 22, ParkingType.PARKING_LOT,
         (Facility.SUPERMARKET,), daily("07:00", "22:00", range(1, 7)), "mixed", 45, 0.35, 3.0, "shopping"),
    Kind("hub", "Ladepark {street}", 0.10, (4, 8), (150, 300), 22, ParkingType.ALONG_MOTORWAY,
         (Facility.RESTAURANT, Facility.WIFI, Facility.FUEL_STATION), ALWAYS, "dc", 30, 0.3, 5.0, "travel"),
    Kind("work", "Campus {street}", 0.08, (4, 10), (), 11, ParkingType.PARKING_LOT, (Facility.BUS_STOP,),
         daily("06:00", "20:00", range(1, 6)), "ac_reserved", 270, 0.4, 0.9, "work"),
)  # fmt: skip

# Relative demand by hour of the day, weekday then weekend: shapes, drawn by hand from what such sites see.
PROFILES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "residential": (
        (2, 1, 1, 1, 1, 2, 4, 6, 6, 5, 5, 5, 6, 6, 6, 7, 9, 11, 12, 11, 9, 7, 5, 3),
        (3, 2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4),
    ),
    "city": (
        (0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 10, 9, 9, 8, 8, 8, 8, 8, 9, 7, 4, 2, 1, 0),
        (0, 0, 0, 0, 0, 0, 1, 2, 5, 9, 12, 13, 13, 12, 12, 11, 9, 7, 6, 5, 4, 2, 1, 0),
    ),
    "shopping": (
        (0, 0, 0, 0, 0, 0, 1, 4, 6, 8, 9, 9, 8, 8, 8, 9, 11, 13, 12, 9, 5, 1, 0, 0),
        (0, 0, 0, 0, 0, 0, 0, 2, 6, 11, 14, 15, 14, 13, 12, 11, 10, 9, 7, 4, 2, 1, 0, 0),
    ),
    "travel": (
        (1, 1, 1, 1, 2, 3, 6, 8, 8, 7, 7, 8, 9, 8, 8, 9, 10, 10, 9, 7, 5, 4, 2, 1),
        (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 12, 12, 12, 11, 11, 12, 12, 11, 9, 7, 5, 4, 2, 1),
    ),
    "work": (
        (0, 0, 0, 0, 0, 1, 6, 16, 14, 6, 3, 3, 5, 6, 4, 2, 1, 1, 0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ),
}


def _component(dimension: str, price: float, step: int = 1) -> dict[str, Any]:
    return {"type": dimension, "price": price, "vat": 19, "step_size": step}


def _document(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"currency": "EUR", "tax_included": "YES", "elements": list(elements), **more}


_NO_SHOW = {
    "price_components": [_component("FLAT", 5.00)],
    "restrictions": {"reservation": "RESERVATION_EXPIRES"},
}
_IDLE = {"price_components": [_component("PARKING_TIME", 3.00, 300)]}

TARIFFS: dict[str, tuple[str, dict[str, Any]]] = {
    "ac": ("AC by energy", _document({"price_components": [_component("ENERGY", 0.49)]}, _NO_SHOW)),
    "ac_day_night": (
        "AC, cheaper at night",
        _document(
            {
                "price_components": [_component("ENERGY", 0.39)],
                "restrictions": {"start_time": "21:00", "end_time": "07:00"},
            },
            {"price_components": [_component("ENERGY", 0.52)]},
            _IDLE,
            _NO_SHOW,
            idle_grace_minutes=30,
            idle_cap="12.00",
        ),
    ),
    "mixed": (
        "AC and DC by power",
        _document(
            {"price_components": [_component("ENERGY", 0.59)], "restrictions": {"min_power": 43}},
            {"price_components": [_component("ENERGY", 0.46)]},
            _IDLE,
            _NO_SHOW,
            idle_grace_minutes=15,
            idle_cap="20.00",
        ),
    ),
    "dc": (
        "Fast charging",
        _document(
            {"price_components": [_component("ENERGY", 0.64), _component("FLAT", 0.50)]},
            {"price_components": [_component("PARKING_TIME", 6.00, 60)]},
            _NO_SHOW,
            idle_grace_minutes=10,
            idle_cap="30.00",
        ),
    ),
    "ac_reserved": (
        "Workday charging with reservation",
        _document(
            {
                "price_components": [_component("FLAT", 1.00)],
                "restrictions": {"reservation": "RESERVATION"},
            },
            {"price_components": [_component("ENERGY", 0.44)]},
            _NO_SHOW,
        ),
    ),
}
