"""Who may call which operation: a walk over every operation of this app's API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.models import AuditEntry
from stations.api.urls import urlpatterns
from stations.models import Closure, ParkingPlace, Station, StationImage
from tests import factories

Api = Callable[[User | None], APIClient]
SOON = datetime.now(UTC) + timedelta(days=1)

READS = [
    "operator/stations",
    "operator/stations/{station}",
    "operator/stations/{station}/evses",
    "operator/stations/{station}/evses/{uid}",
    "operator/stations/{station}/parking-places",
    "operator/tariffs",
    "operator/tariffs/{tariff}",
    "operator/tariffs/{tariff}/versions",
    "operator/closures",
    "operator/closures/{closure}",
]
CONNECTOR = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE", "max_power_kw": "11"}
STATION = {
    "name": "New",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": 53.5,
    "longitude": 10,
    "time_zone": "Europe/Berlin",
}
TARIFF = {
    "name": "New",
    "currency": "EUR",
    "tax_included": "YES",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.4, "step_size": 1}]}],
}
WRITES: list[tuple[str, str, Any, int]] = [
    ("post", "operator/stations", STATION, 201),
    ("patch", "operator/stations/{station}", {"name": "Renamed"}, 200),
    ("post", "operator/stations/{station}/submit", {}, 409),
    ("post", "operator/stations/{station}/evses", {"connectors": [CONNECTOR]}, 201),
    ("patch", "operator/stations/{station}/evses/{uid}", {"walk_in_only": True}, 200),
    ("post", "operator/stations/{station}/evses/{uid}/inhibit", {"cause": "fault"}, 200),
    ("post", "operator/stations/{station}/evses/{uid}/release", {"cause": "fault"}, 200),
    ("delete", "operator/stations/{station}/evses/{uid}", None, 204),
    ("post", "operator/stations/{station}/parking-places", {"physical_reference": "P1"}, 201),
    ("patch", "operator/stations/{station}/parking-places/{place}", {"max_vehicle_height": 210}, 200),
    ("delete", "operator/stations/{station}/parking-places/{place}", None, 204),
    ("delete", "operator/stations/{station}/images/{image}", None, 204),
    ("post", "operator/tariffs", TARIFF, 201),
    ("patch", "operator/tariffs/{tariff}", {"name": "Renamed"}, 200),
    ("post", "operator/tariffs/{tariff}/versions/1/restore", {}, 200),
    (
        "post",
        "operator/tariffs/{tariff}/preview",
        {"start": "2026-12-01T08:00:00Z", "end": "2026-12-01T09:00:00Z", "energy_kwh": "10"},
        200,
    ),
    (
        "post",
        "operator/closures",
        {
            "station": "{station}",
            "start": SOON.isoformat(),
            "end": (SOON + timedelta(hours=1)).isoformat(),
            "reason": "Works",
        },
        201,
    ),
    ("delete", "operator/closures/{closure}", None, 204),
]
ADMIN = [
    ("get", "admin/stations", None, 200),
    ("get", "admin/stations/{station}", None, 200),
    ("post", "admin/stations/{station}/approve", {}, 409),
    ("post", "admin/stations/{station}/reject", {"reason": "No"}, 409),
    ("post", "admin/stations/{station}/suspend", {"reason": "No"}, 200),
]


@pytest.fixture
def ids(station: Station) -> dict[str, str]:
    assert station.tariff
    place = ParkingPlace.objects.create(station=station, physical_reference="P0")
    image = StationImage.objects.create(station=station, file="none.jpg", alt="none", width=1, height=1)
    closure = Closure.objects.create(
        station=station, start=SOON, end=SOON + timedelta(hours=1), reason="Works"
    )
    return {
        "station": str(station.pk),
        "uid": station.evses.all()[0].uid,
        "tariff": str(station.tariff.pk),
        "place": str(place.pk),
        "image": str(image.pk),
        "closure": str(closure.pk),
    }


def call(client: APIClient, method: str, path: str, body: Any, ids: dict[str, str]) -> Any:
    filled = {k: v.format(**ids) if isinstance(v, str) else v for k, v in body.items()} if body else body
    return getattr(client, method)(f"/api/v1/{path.format(**ids)}", filled, format="json")


def names_something_of_another(path: str, body: Any) -> bool:
    return "{" in path or any("{" in value for value in (body or {}).values() if isinstance(value, str))


@pytest.mark.parametrize("path", READS)
def test_reads_are_for_the_operators_people(
    api: Api, path: str, ids: dict[str, str], owner: User, staff: User, stranger: User, rival: User
) -> None:
    assert call(api(None), "get", path, None, ids).status_code == 401
    assert call(api(stranger), "get", path, None, ids).status_code == 403
    assert call(api(staff), "get", path, None, ids).status_code == 200
    assert call(api(owner), "get", path, None, ids).status_code == 200
    foreign = call(api(rival), "get", path, None, ids)
    if "{" in path:
        assert foreign.status_code == 404
        assert foreign.json()["code"] == "not_found"
    else:
        assert foreign.json()["results"] == []


@pytest.mark.parametrize(("method", "path", "body", "status"), WRITES)
def test_changes_are_for_managers(
    api: Api,
    method: str,
    path: str,
    body: Any,
    status: int,
    ids: dict[str, str],
    owner: User,
    staff: User,
    stranger: User,
    rival: User,
) -> None:
    assert call(api(None), method, path, body, ids).status_code == 401
    assert call(api(stranger), method, path, body, ids).status_code == 403
    assert call(api(staff), method, path, body, ids).status_code == 403
    if names_something_of_another(path, body):
        assert call(api(rival), method, path, body, ids).status_code == (404 if "{" in path else 422)
    assert not AuditEntry.objects.exists()
    assert call(api(owner), method, path, body, ids).status_code == status


@pytest.mark.parametrize(("method", "path", "body", "status"), ADMIN)
def test_decisions_are_for_administrators(
    api: Api,
    method: str,
    path: str,
    body: Any,
    status: int,
    ids: dict[str, str],
    owner: User,
    stranger: User,
    administrator: User,
) -> None:
    assert call(api(None), method, path, body, ids).status_code == 401
    assert call(api(stranger), method, path, body, ids).status_code == 403
    assert call(api(owner), method, path, body, ids).status_code == 403
    assert not AuditEntry.objects.exists()
    assert call(api(administrator), method, path, body, ids).status_code == status


def test_staff_here_who_manages_elsewhere_still_changes_nothing_here(
    api: Api, ids: dict[str, str], staff: User
) -> None:
    factories.make_operator(owner=staff)
    answer = call(api(staff), "patch", "operator/stations/{station}", {"name": "Mine"}, ids)
    assert answer.status_code == 403
    assert not Station.objects.filter(name="Mine").exists()


def test_every_operation_is_walked() -> None:
    walked = set(READS) | {path for _, path, _, _ in [*WRITES, *ADMIN]}
    assert len(walked | {"operator/stations/{station}/images"}) == len(urlpatterns)
