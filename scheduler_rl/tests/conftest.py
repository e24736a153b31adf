"""Small worlds for the tests, and where the real data is if there is any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scheduler_rl.evaluation.world import Files
from scheduler_rl.kernel.days import Days
from scheduler_rl.worlds.city import City
from scheduler_rl.worlds.generated import generated_city


@pytest.fixture(scope="session")
def city() -> City:
    return generated_city(12, seed=4)


@pytest.fixture(scope="session")
def days(city: City) -> Days:
    """Six crowded weekdays."""
    return Days.draw(city, "weekday", 2.5, 6, seed=11)


@pytest.fixture(scope="session")
def real_files() -> Files:
    """Hamburg's files; the tests that need them are skipped where they are not."""
    data = Path(os.environ.get("EVB_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
    sessions = data / "hamburg" / "charging_processes_until_2020-02-25.csv"
    if not sessions.exists():
        pytest.skip(f"no real data: {sessions.name} is not in ../shared/data")
    return Files(
        data / "hamburg" / "charging_sites.geojson", [sessions], data / "smard" / "price_quantile_holdout.csv"
    )
