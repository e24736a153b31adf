"""A station's revision rises with every change of what it offers, on every path, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from stations.models import (
    EVSE,
    BookingTerms,
    Closure,
    Connector,
    ParkingPlace,
    Station,
    StationImage,
    TariffVersion,
)
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)


def add_closure(station: Station) -> None:
    Closure.objects.create(station=station, start=NOW, end=NOW + timedelta(hours=1), reason="works")


def add_version(station: Station) -> None:
    tariff = station.tariff
    assert tariff
    tariff.current = TariffVersion.objects.create(tariff=tariff, number=2, document=factories.ENERGY_TARIFF)
    tariff.save()


def add_disabled_bay(station: Station) -> None:
    bay = ParkingPlace.objects.create(station=station, vehicle_types=["DISABLED"])
    before = Station.objects.get(pk=station.pk).revision
    station.evses.all()[0].parking_places.add(bay)
    assert Station.objects.get(pk=station.pk).revision > before


def suspend_operator(station: Station) -> None:
    station.operator.status = station.operator.Status.SUSPENDED
    station.operator.save()


CHANGES: list[Callable[[Station], object]] = [
    lambda station: station.save(),
    lambda station: Station.objects.filter(pk=station.pk).update(name="Another"),
    lambda station: station.evses.update(inhibits=[EVSE.Inhibit.FAULT]),
    lambda station: station.evses.update(walk_in_only=True),
    lambda station: station.evses.update(removed_at=NOW),
    factories.make_evse,
    lambda station: station.evses.all()[0].delete(),
    lambda station: Connector.objects.filter(evse__station=station).update(max_electric_power=22_000),
    lambda station: Connector.objects.filter(evse__station=station)[0].delete(),
    lambda station: BookingTerms.objects.filter(station=station).update(buffer_minutes=5),
    lambda station: StationImage.objects.create(
        station=station, alt="Front", file="x.webp", width=1, height=1
    ),
    add_closure,
    add_version,
    add_disabled_bay,
    suspend_operator,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_offer_raises_its_station_alone(
    station: Station, change: Callable[[Station], object]
) -> None:
    other = factories.make_station()
    before = Station.objects.get(pk=station.pk).revision
    others = Station.objects.get(pk=other.pk).revision
    change(station)
    assert Station.objects.get(pk=station.pk).revision > before
    assert Station.objects.get(pk=other.pk).revision == others


def test_a_chargers_report_changes_no_offer(station: Station) -> None:
    before = Station.objects.get(pk=station.pk).revision
    station.evses.update(reported_status="CHARGING", reported_at=NOW)
    assert Station.objects.get(pk=station.pk).revision == before


def test_no_revision_returns_after_a_rollback(station: Station) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        station.save()
        lost = Station.objects.get(pk=station.pk).revision
        raise IntegrityError
    station.save()
    assert Station.objects.get(pk=station.pk).revision > lost


def test_the_station_is_as_new_as_its_newest_part(station: Station) -> None:
    later = station.last_updated + timedelta(hours=1)
    station.evses.update(inhibits=[EVSE.Inhibit.WEATHER], last_updated=later)
    assert Station.objects.get(pk=station.pk).last_updated == later
