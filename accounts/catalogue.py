"""The catalogue of common cars: data/vehicle_models.csv, loaded by a migration.

The figures are the makers' published ones, rounded: usable battery in kWh, the highest power the car takes
from AC and from DC in kW (0: it cannot), and the connector standards of its inlets. A driver may change each.
"""

import csv
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from accounts.models.vehicle import VehicleModel

CSV = Path(__file__).resolve().parent / "data" / "vehicle_models.csv"
FIGURES = ["battery_kwh", "max_ac_kw", "max_dc_kw", "connectors"]


def read_catalogue() -> list[dict[str, Any]]:
    """The rows of the file as keyword arguments of a VehicleModel."""
    with CSV.open(encoding="utf-8", newline="") as file:
        return [{**row, "connectors": row["connectors"].split()} for row in csv.DictReader(file)]


@cache
def catalogue_edition() -> str:
    """A digest of the file: the table is filled from nothing else."""
    return hashlib.sha256(CSV.read_bytes()).hexdigest()


def load_catalogue(model: type[VehicleModel] = VehicleModel) -> int:
    """Write every row into the table, over the figures that are there; the number of cars.

    `model` is the historical class when a migration calls.
    """
    cars = [model(**row) for row in read_catalogue()]
    model.objects.bulk_create(
        cars, update_conflicts=True, unique_fields=["make", "model"], update_fields=FIGURES
    )
    return len(cars)
