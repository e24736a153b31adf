"""From the names in a request to objects the caller may use, or the error of their field."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User, Vehicle
from accounts.selectors import vehicles_of
from bookings.models import Booking
from bookings.services.deal import station_for_booking
from evbooking.core.errors import FieldError, Invalid, NotFound
from stations.models import EVSE, Station

_REFERENCE = re.compile("[A-Z2-9]{8,}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def find_booking(scope: QuerySet[Booking], reference: str) -> Booking:
    """The booking of that reference within what the caller may see. Raises NotFound."""
    found = scope.filter(reference=reference).first() if _REFERENCE.fullmatch(reference) else None
    if found is None:
        raise NotFound
    return found


def read_wish(driver: User, body: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `hold_slot` for a BookingInput. Raises Invalid naming every object that is unknown."""
    errors: list[FieldError] = []
    station = _station(body["station"], errors)
    evse = _evse(station, body.get("evse_uid"), errors)
    vehicle = _vehicle(driver, body.get("vehicle"), errors)
    if errors:
        raise Invalid(errors)
    return {
        "station": station,
        "evse": evse,
        "vehicle": vehicle,
        "connector": body.get("connector") or None,
        "start": body["start"],
        "end": body["end"],
        "energy_kwh": body.get("energy_kwh"),
    }


def as_day(text: str) -> date | None:
    """A day as `YYYY-MM-DD`; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def evse_at(station: Station, uid: str | None) -> EVSE | None:
    """The EVSE of that station with that uid; None for no uid. Raises Invalid for any other."""
    errors: list[FieldError] = []
    evse = _evse(station, uid, errors)
    if errors:
        raise Invalid(errors)
    return evse


def station_named(text: str) -> Station:
    """The station of that id. Raises Invalid `unknown_station`."""
    errors: list[FieldError] = []
    station = _station(text, errors)
    if station is None:
        raise Invalid(errors)
    return station


def as_uuid(text: str) -> UUID | None:
    """The id that a text is, or None: text that is no id names nobody."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _station(text: str, errors: list[FieldError]) -> Station | None:
    station_id = as_uuid(text)
    station = station_for_booking(station_id) if station_id else None
    if station is None:
        errors.append(FieldError("station", "unknown_station", "There is no such station."))
    return station


def _evse(station: Station | None, uid: str | None, errors: list[FieldError]) -> EVSE | None:
    if not uid or station is None:
        return None
    evse = EVSE.objects.filter(station=station, uid=uid).first()
    if evse is None:
        errors.append(FieldError("evse_uid", "invalid", "This station has no such charge point."))
    return evse


def _vehicle(driver: User, text: str | None, errors: list[FieldError]) -> Vehicle | None:
    if not text:
        return None
    vehicle_id = as_uuid(text)
    vehicle = vehicles_of(driver).filter(pk=vehicle_id).first() if vehicle_id else None
    if vehicle is None:
        errors.append(FieldError("vehicle", "unknown_vehicle", "You have no such car."))
    return vehicle
