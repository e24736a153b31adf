"""A driver's cars."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction

from accounts.models import User, Vehicle
from accounts.selectors import vehicles_of
from accounts.validation import check_fields
from evbooking.core import audit
from evbooking.core.errors import FieldError, Invalid
from evbooking.core.locks import advisory_xact_lock

MAX_VEHICLES = 20
MAX_BATTERY_KWH = Decimal(2000)
FIELDS = ("make", "model", "battery_kwh", "max_ac_kw", "max_dc_kw", "connectors")


class VehicleFigures(TypedDict, total=False):
    """Usable battery in kWh, the most the car takes from AC and from DC in kW, its connector standards."""

    make: str
    model: str
    battery_kwh: Decimal
    max_ac_kw: Decimal
    max_dc_kw: Decimal
    connectors: list[str]


def add_vehicle(driver: User, *, actor: User, **figures: Unpack[VehicleFigures]) -> Vehicle:
    """Add a car. Raises Invalid, also (`too_many_vehicles`) past MAX_VEHICLES, race-proof by a lock."""
    vehicle = Vehicle(driver=driver, **figures)
    _check(vehicle)
    with transaction.atomic():
        advisory_xact_lock(f"vehicles:{driver.pk}")
        if vehicles_of(driver).count() >= MAX_VEHICLES:
            raise Invalid.one("make", "too_many_vehicles", f"You have {MAX_VEHICLES} cars. Remove one first.")
        vehicle.save(force_insert=True)
        audit.record("vehicle.add", target=vehicle, actor=actor, before=None, after=figures_of(vehicle))
    return vehicle


def update_vehicle(vehicle: Vehicle, *, actor: User, **changes: Unpack[VehicleFigures]) -> Vehicle:
    """Change a car's figures; bookings made keep theirs. Raises Invalid."""
    before = figures_of(vehicle)
    for field, value in changes.items():
        setattr(vehicle, field, value)
    _check(vehicle)
    with transaction.atomic():
        vehicle.save(update_fields=[*changes, "last_updated"])
        audit.record("vehicle.update", target=vehicle, actor=actor, before=before, after=figures_of(vehicle))
    return vehicle


def remove_vehicle(vehicle: Vehicle, *, actor: User, now: datetime) -> None:
    """Take a car out of the driver's list; the row stays, because bookings name it."""
    vehicle.removed_at = now
    with transaction.atomic():
        vehicle.save(update_fields=["removed_at", "last_updated"])
        audit.record("vehicle.remove", target=vehicle, actor=actor, before=figures_of(vehicle), after=None)


def figures_of(vehicle: Vehicle) -> dict[str, Any]:
    """The car's figures by field name."""
    return {field: getattr(vehicle, field) for field in FIELDS}


def _check(vehicle: Vehicle) -> None:
    check_fields(vehicle, FIELDS)
    errors = []
    if vehicle.battery_kwh > MAX_BATTERY_KWH:
        errors.append(FieldError("battery_kwh", "out_of_range", f"At most {MAX_BATTERY_KWH} kWh."))
    if not vehicle.max_ac_kw and not vehicle.max_dc_kw:
        errors.append(FieldError("max_ac_kw", "out_of_range", "The car must charge from AC or from DC."))
    if len(set(vehicle.connectors)) != len(vehicle.connectors):
        errors.append(FieldError("connectors", "invalid", "Name each connector once."))
    if errors:
        raise Invalid(errors)
