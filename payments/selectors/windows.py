"""Stretches of time as each site sees them: days begin at its own midnight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Operator
from stations.grid import local_midnight
from stations.models import Station

Edge = datetime | date


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) at the sites of one zone; `names` are their stations."""

    zone: ZoneInfo
    start: datetime
    end: datetime
    names: dict[UUID, str]


def windows(operator: Operator, since: Edge, before: Edge) -> Iterator[Window]:
    """One for each zone that the operator has stations in."""
    by_zone: dict[str, dict[UUID, str]] = {}
    for pk, name, zone_name in Station.objects.filter(operator=operator).values_list(
        "pk", "name", "time_zone"
    ):
        by_zone.setdefault(zone_name, {})[pk] = name
    for key, names in sorted(by_zone.items()):
        zone = ZoneInfo(key)
        yield Window(zone, instant_of(since, zone), instant_of(before, zone), names)


def home_zone(operator: Operator) -> ZoneInfo:
    """The zone of what happens at no station: that of the operator's first, by name."""
    stations = Station.objects.filter(operator=operator).order_by("name", "pk")
    return ZoneInfo(stations.values_list("time_zone", flat=True).first() or "UTC")


def instant_of(edge: Edge, zone: ZoneInfo) -> datetime:
    """An instant as it is; of a day, its first instant there."""
    return edge if isinstance(edge, datetime) else local_midnight(zone, edge)
