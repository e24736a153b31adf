"""Bookings is tested with what it brings itself; what fills its ports is tested where that lives."""

from collections.abc import Iterator

import pytest

from bookings import ports


@pytest.fixture(autouse=True)
def _ports_as_they_come() -> Iterator[None]:
    ranker, forecaster, demand = ports.registered_ranker(), ports.forecaster(), ports.demand_forecaster()
    ports.use_ranker(None)
    ports.use_forecaster(None)
    ports.use_demand_forecaster(None)
    yield
    ports.use_ranker(ranker)
    ports.use_forecaster(forecaster)
    ports.use_demand_forecaster(demand)
