from typing import Any

import pytest
from pytest import FixtureRequest

from accounts.models import User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry
from tests.factories import make_vehicle


def test_a_driver_changes_one_figure(api: Api, driver: User) -> None:
    car = make_vehicle(driver)
    body = api(driver).patch(f"/api/v1/vehicles/{car.pk}", {"battery_kwh": 77.5}).json()
    car.refresh_from_db()
    assert (body["battery_kwh"], str(car.battery_kwh), car.make) == ("77.5", "77.5", "Volkswagen")


def test_the_audit_keeps_both_sides(api: Api, driver: User) -> None:
    car = make_vehicle(driver)
    api(driver).patch(f"/api/v1/vehicles/{car.pk}", {"max_dc_kw": "170"})
    entry = AuditEntry.objects.get(action="vehicle.update")
    assert ((entry.before or {})["max_dc_kw"], (entry.after or {})["max_dc_kw"]) == ("120.0", "170.0")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"battery_kwh": "-1"}, "out_of_range"),
        ({"removed_at": None}, "unknown_field"),
        ({"connectors": []}, "invalid"),
    ],
)
def test_a_wrong_change_is_refused_and_changes_nothing(
    api: Api, driver: User, changes: dict[str, Any], code: str
) -> None:
    car = make_vehicle(driver)
    assert problem(api(driver).patch(f"/api/v1/vehicles/{car.pk}", changes))[:2] == (422, code)
    stamp = car.last_updated
    car.refresh_from_db()
    assert (str(car.battery_kwh), car.last_updated) == ("58.0", stamp)


def test_a_car_must_keep_a_way_to_charge(api: Api, driver: User) -> None:
    car = make_vehicle(driver, max_dc_kw=0)
    assert problem(api(driver).patch(f"/api/v1/vehicles/{car.pk}", {"max_ac_kw": "0"})) == (
        422,
        "out_of_range",
        [("max_ac_kw", "out_of_range")],
    )


@pytest.mark.parametrize("who", ["stranger", "rival", "administrator"])
def test_someone_elses_car_does_not_exist(
    api: Api, pages: Pages, driver: User, who: str, request: FixtureRequest
) -> None:
    car, other = make_vehicle(driver), request.getfixturevalue(who)
    assert problem(api(other).patch(f"/api/v1/vehicles/{car.pk}", {"make": "Mine"}))[:2] == (404, "not_found")
    assert pages(other).get(f"/account/cars/{car.pk}/").status_code == 404
    assert pages(other).post(f"/account/cars/{car.pk}/", {"make": "Mine"}).status_code == 404
    car.refresh_from_db()
    assert car.make == "Volkswagen"


def test_the_page_saves_a_car(pages: Pages, driver: User) -> None:
    car = make_vehicle(driver)
    form = {
        "make": "Volkswagen",
        "model": "ID.3 Pro S",
        "battery_kwh": "77",
        "max_ac_kw": "11",
        "max_dc_kw": "175",
        "connectors": ["IEC_62196_T2"],
    }
    assert pages(driver).post(f"/account/cars/{car.pk}/", form)["Location"] == "/account/cars/"
    car.refresh_from_db()
    assert (car.model, car.connectors) == ("ID.3 Pro S", ["IEC_62196_T2"])
