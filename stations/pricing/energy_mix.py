"""Where the energy of a tariff comes from, told to drivers and without effect on the price.

Source: OCPI 2.3.0, mod_locations, classes EnergyMix, EnergySource and EnvironmentalImpact.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stations.documents import Reader


class EnergySourceCategory(StrEnum):
    NUCLEAR = "NUCLEAR"
    GENERAL_FOSSIL = "GENERAL_FOSSIL"
    COAL = "COAL"
    GAS = "GAS"
    GENERAL_GREEN = "GENERAL_GREEN"
    SOLAR = "SOLAR"
    WIND = "WIND"
    WATER = "WATER"


class EnvironmentalImpactCategory(StrEnum):
    NUCLEAR_WASTE = "NUCLEAR_WASTE"
    CARBON_DIOXIDE = "CARBON_DIOXIDE"


@dataclass(frozen=True, slots=True)
class EnergySource:
    """The share of one source, in percent."""

    source: EnergySourceCategory
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class EnvironmentalImpact:
    """What a kWh leaves behind, in g/kWh."""

    category: EnvironmentalImpactCategory
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EnergyMix:
    is_green_energy: bool
    energy_sources: tuple[EnergySource, ...] = ()
    environ_impact: tuple[EnvironmentalImpact, ...] = ()
    supplier_name: str | None = None
    energy_product_name: str | None = None

    def to_ocpi(self) -> dict[str, Any]:
        document: dict[str, Any] = {"is_green_energy": self.is_green_energy}
        if self.energy_sources:
            document["energy_sources"] = [
                {"source": str(part.source), "percentage": float(part.percentage)}
                for part in self.energy_sources
            ]
        if self.environ_impact:
            document["environ_impact"] = [
                {"category": str(part.category), "amount": float(part.amount)} for part in self.environ_impact
            ]
        names = {"supplier_name": self.supplier_name, "energy_product_name": self.energy_product_name}
        return document | {field: name for field, name in names.items() if name is not None}


def read_energy_mix(reader: Reader) -> EnergyMix:
    is_green = reader.flag("is_green_energy", required=True)
    sources = reader.nested_list("energy_sources", _read_source)
    impacts = reader.nested_list("environ_impact", _read_impact)
    return EnergyMix(
        is_green_energy=bool(is_green),
        energy_sources=tuple(source for source in sources if source is not None),
        environ_impact=tuple(impact for impact in impacts if impact is not None),
        supplier_name=reader.text("supplier_name", longest=64),
        energy_product_name=reader.text("energy_product_name", longest=64),
    )


def _read_source(reader: Reader) -> EnergySource | None:
    source = reader.choice("source", EnergySourceCategory, required=True)
    percentage = reader.number("percentage", most=100, required=True)
    return None if source is None or percentage is None else EnergySource(source, percentage)


def _read_impact(reader: Reader) -> EnvironmentalImpact | None:
    category = reader.choice("category", EnvironmentalImpactCategory, required=True)
    amount = reader.number("amount", required=True)
    return None if category is None or amount is None else EnvironmentalImpact(category, amount)
