"""What a station offers, as plain values that a process keeps and loads again when its revision rises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.availability.calendar import OpeningCalendar
from bookings.terms import AcceptedTerms
from evbooking.core.ocpi import PowerType
from stations.models import TariffVersion


class Plug(NamedTuple):
    """A connector of a unit. `power_kw` is the connector's own limit."""

    connector_id: str
    standard: str
    format: str
    power_type: str
    power_kw: Decimal

    @property
    def is_dc(self) -> bool:
        return self.power_type == PowerType.DC


@dataclass(frozen=True, slots=True)
class Unit:
    """An EVSE as it is offered. `bookable`: present, not kept for walk-ins, inhibited by nothing."""

    id: UUID
    uid: str
    evse_id: str
    physical_reference: str
    floor_level: str
    walk_in_only: bool
    inhibits: tuple[str, ...]
    disabled_bay: bool
    plugs: tuple[Plug, ...]

    @property
    def bookable(self) -> bool:
        return not self.walk_in_only and not self.inhibits


@dataclass(frozen=True, slots=True)
class Fitting:
    """A plug of a unit that serves a wish, and the kW that will flow."""

    unit: Unit
    plug: Plug
    power_kw: Decimal


class ClosedSpan(NamedTuple):
    """Epoch seconds [begin, end) in which one unit, or with None the whole offer, is closed."""

    unit_id: UUID | None
    begin: int
    end: int


@dataclass(frozen=True, eq=False)
class Offer:
    """A station with everything that does not depend on the bookings; units by physical reference, then uid.

    `bookable` says that the station is approved, its operator active, and that it has terms and a tariff.
    """

    id: UUID
    revision: int
    slug: str
    name: str
    operator_id: UUID
    operator_name: str
    address: str
    city: str
    postal_code: str
    country: str
    latitude: float
    longitude: float
    zone: ZoneInfo
    calendar: OpeningCalendar
    facilities: tuple[str, ...]
    is_public: bool
    last_updated: datetime
    terms: AcceptedTerms | None
    tariff: TariffVersion | None
    units: tuple[Unit, ...]
    closures: tuple[ClosedSpan, ...]
    fittings: dict[tuple[str | None, Decimal | None], tuple[Fitting, ...]] = field(
        default_factory=dict, repr=False
    )

    @property
    def bookable(self) -> bool:
        return self.is_public and self.terms is not None and self.tariff is not None

    @property
    def opening_times(self) -> dict[str, Any]:
        """OCPI Hours."""
        return self.calendar.document

    @cached_property
    def offered(self) -> tuple[Unit, ...]:
        """The units that may be booked at all."""
        return tuple(unit for unit in self.units if unit.bookable) if self.bookable else ()

    @cached_property
    def max_power_kw(self) -> Decimal:
        return max((plug.power_kw for unit in self.units for plug in unit.plugs), default=Decimal(0))
