"""A generated year in the database: visits by bulk, as quick as rows can be written."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from stations.models import EVSE, Station
from tests import factories

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
DAYS = 365
HISTORY_DAYS = int(os.environ.get("EVB_YEAR_DAYS", "30"))  # make year: all of them, and more stations
HISTORY_STATIONS = int(os.environ.get("EVB_YEAR_STATIONS", "8"))


def make_stations(count: int, operator: Operator | None = None) -> list[Station]:
    """`count` stations of two units, some hundred metres from each other."""
    operator = operator or factories.make_operator()
    tariff = factories.make_tariff(operator)
    return [
        factories.make_station(
            operator,
            evses=2,
            tariff=tariff,
            latitude=53.55 + 0.002 * (number // 4),
            longitude=9.99 + 0.003 * (number % 4),
        )
        for number in range(count)
    ]


def make_year(
    stations: list[Station], driver: User, *, per_day: float, days: int = DAYS, seed: int = 1
) -> int:
    """COMPLETED visits before NOW: Poisson a day and station, mornings and evenings; how many."""
    rng = np.random.default_rng(seed)
    rows = [
        _visit(station, units, driver, NOW - timedelta(days=int(day) + 1), rng)
        for station, units in ((one, list(one.evses.all())) for one in stations)
        for day in np.repeat(np.arange(days), rng.poisson(per_day, days))
    ]
    for number, row in enumerate(rows):
        row.reference = f"Y{number:07d}"
    Booking.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _visit(
    station: Station, units: list[EVSE], driver: User, midnight: datetime, rng: np.random.Generator
) -> Booking:
    hour = rng.normal(*((8.5, 1.5), (18.0, 2.0))[int(rng.random() < 0.6)]) % 24
    start = midnight.replace(hour=0) + timedelta(minutes=15 * int(hour * 4))
    end = start + timedelta(minutes=15 * int(rng.integers(4, 16)))
    assert station.tariff and station.tariff.current
    return Booking(
        driver=driver,
        station=station,
        evse=units[int(rng.integers(len(units)))],
        connector=ConnectorType.IEC_62196_T2,
        start=start,
        end=end,
        blocked_until=end,
        energy_kwh=Decimal(11),
        power_kw=Decimal(11),
        status=ReservationStatus.COMPLETED,
        quote={"lines": [], "total": {"amount": "5.50", "currency": "EUR"}},
        total_amount=Decimal("5.50"),
        currency="EUR",
        terms=AcceptedTerms.of(station.terms).as_json(),
        tariff_version=station.tariff.current,
        created_at=start - timedelta(hours=3),
        last_updated=end,
    )
