"""How many sessions an operator's stations may expect, by hour of the day: what the DemandForecaster port says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Operator
from bookings.ports import demand_forecaster
from stations.models import Station


@dataclass(frozen=True, slots=True)
class StationDemand:
    """Sessions expected to begin in each of the 24 hours of the site's clock, to two places."""

    station_id: UUID
    name: str
    weekday: list[float]
    weekend: list[float]


def expected_demand(operator: Operator) -> list[StationDemand]:
    """The operator's stations of which anything is expected, by name."""
    names = dict(Station.objects.filter(operator=operator).order_by("name", "pk").values_list("pk", "name"))
    expected = demand_forecaster().expected(list(names))
    return [
        StationDemand(station_id, name, *expected[station_id].round(2).tolist())
        for station_id, name in names.items()
        if station_id in expected
    ]


def demand_at(station: Station) -> StationDemand | None:
    """Of one station, None where nothing is known yet."""
    found = demand_forecaster().expected([station.pk]).get(station.pk)
    return None if found is None else StationDemand(station.pk, station.name, *found.round(2).tolist())
