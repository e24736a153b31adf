"""Many hands on one station at the same moment: one decision, every cause, a slug for each."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connections

from accounts.models import Operator, User
from evbooking.core.errors import DomainError
from evbooking.core.models import DomainEvent
from stations.models import EVSE, ApprovalStep, Station
from stations.services import approval
from stations.services.editing import add_evse, create_station
from stations.services.inhibits import inhibit
from stations.services.tariffs import add_version
from stations.tariff_recipe import Recipe
from tests import factories

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(actions: list[Callable[[], Any]]) -> list[str]:
    """Let all go together; "" for each that succeeded, else the code of its refusal."""
    gate = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> str:
        try:
            gate.wait(timeout=30)
            action()
        except DomainError as refused:
            return refused.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_of_twenty_decisions_about_one_station_one_counts(operator: Operator, administrator: User) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    said = at_once(
        [
            *[lambda: approval.approve(station, actor=administrator)] * 10,
            *[lambda: approval.reject(station, actor=administrator, reason="No photo")] * 10,
        ]
    )
    assert sorted(said) == ["", *["wrong_state"] * 19]
    assert ApprovalStep.objects.count() == 1
    station.refresh_from_db()
    assert station.approval == ApprovalStep.objects.get().to_state


def test_twelve_stations_of_one_name_get_twelve_slugs(operator: Operator, owner: User) -> None:
    place: dict[str, Any] = {
        "name": "Alster",
        "city": "Hamburg",
        "country": "DEU",
        "latitude": 53.5,
        "longitude": 10.0,
        "time_zone": "Europe/Berlin",
    }
    said = at_once([lambda: create_station(operator, actor=owner, **place)] * 12)
    assert said == [""] * 12
    assert len(set(Station.objects.values_list("slug", flat=True))) == 12


def test_no_cause_is_lost_when_all_come_together(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    causes = EVSE.Inhibit.values
    said = at_once([partial(inhibit, evse, cause=cause, actor=owner) for cause in causes])
    evse.refresh_from_db()
    assert said == [""] * 5
    assert evse.inhibits == sorted(causes)
    assert DomainEvent.objects.filter(type="evse.out_of_service").count() == 1


def test_one_uid_goes_to_one_of_ten_stations(operator: Operator, owner: User) -> None:
    stations = [factories.make_station(operator) for _ in range(10)]
    said = at_once([partial(add_evse, s, actor=owner, uid="WANTED") for s in stations])
    assert sorted(said) == ["", *["invalid"] * 9]
    assert EVSE.objects.filter(uid="WANTED").count() == 1


def test_ten_new_prices_at_once_are_ten_versions_in_a_row(station: Station, owner: User) -> None:
    tariff = station.tariff
    assert tariff
    documents = [Recipe(per_kwh=Decimal(cents) / 100).to_ocpi() for cents in range(61, 71)]
    said = at_once([partial(add_version, tariff, document=d, actor=owner) for d in documents])
    assert said == [""] * 10
    assert list(tariff.versions.values_list("number", flat=True)) == list(range(11, 0, -1))
    tariff.refresh_from_db()
    assert tariff.current
    assert tariff.current.number == 11
