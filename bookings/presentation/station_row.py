"""A row of the search list: what a driver compares stations by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bookings.availability import FreeSlots, Offer, Window, Wish, energy_price_from, free_slots
from bookings.presentation.opening import Opening, opening_now
from bookings.selectors import FoundStation
from evbooking.core.money import Money
from evbooking.core.ocpi import ConnectorType, Status
from stations.local_time import instant_at


@dataclass(frozen=True, slots=True)
class Plugs:
    """The EVSEs of a station with one standard: how many, how many free now, the most kW of one."""

    label: str
    total: int
    free: int
    power_kw: Decimal


@dataclass(frozen=True, slots=True)
class StationRow:
    """A found station; `next_free` is the first bookable start for what was searched, None for none."""

    offer: Offer
    distance_km: float | None
    plugs: list[Plugs]
    free: int
    total: int
    opening: Opening
    price: Money | None
    next_free: datetime | None

    @property
    def zone(self) -> ZoneInfo:
        return self.offer.zone


def station_rows(
    found: Sequence[FoundStation],
    *,
    window: Window,
    wish: Wish,
    duration: timedelta | None,
    now: datetime,
    nearest: bool,
) -> list[StationRow]:
    """Rows in the order found, with one query for all next free times; `nearest` says whether distances count."""
    slots = free_slots([one.offer for one in found], window=window, wish=wish, now=now, duration=duration)
    return [_row(one, free, now, nearest) for one, free in zip(found, slots, strict=True)]


def plugs_of(found: FoundStation) -> list[Plugs]:
    """By standard, the strongest first."""
    groups: dict[str, list[tuple[bool, Decimal]]] = {}
    for unit, shown in zip(found.offer.units, found.statuses, strict=False):
        powers: dict[str, Decimal] = {}
        for plug in unit.plugs:
            powers[plug.standard] = max(plug.power_kw, powers.get(plug.standard, Decimal(0)))
        for standard, power in powers.items():
            groups.setdefault(standard, []).append((shown.status == Status.AVAILABLE, power))
    rows = [
        Plugs(
            str(ConnectorType(standard).label),
            len(units),
            sum(free for free, _ in units),
            max(power for _, power in units),
        )
        for standard, units in groups.items()
    ]
    return sorted(rows, key=lambda one: (-one.power_kw, one.label))


def _row(found: FoundStation, free: FreeSlots, now: datetime, nearest: bool) -> StationRow:
    offer, starts = found.offer, free.starts
    return StationRow(
        offer=offer,
        distance_km=found.distance_km if nearest else None,
        plugs=plugs_of(found),
        free=found.available_count,
        total=len(offer.units),
        opening=opening_now(offer.calendar.hours, offer.zone, now),
        price=energy_price_from(offer.tariff) if offer.tariff else None,
        next_free=instant_at(starts[0]) if starts else None,
    )
