from typing import Any

import pytest

from accounts.models import User, Vehicle, VehicleModel
from accounts.services.vehicles import MAX_VEHICLES
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry
from tests.factories import make_vehicle

VEHICLES = "/api/v1/vehicles"
CAR = {
    "make": "Kia",
    "model": "EV6",
    "battery_kwh": "74",
    "max_ac_kw": "11",
    "max_dc_kw": "233.5",
    "connectors": ["IEC_62196_T2", "IEC_62196_T2_COMBO"],
}


def test_a_driver_adds_a_car(api: Api, driver: User) -> None:
    response = api(driver).post(VEHICLES, CAR)
    car = Vehicle.objects.get()
    assert response.status_code == 201
    assert {**CAR, "id": str(car.pk)}.items() <= response.json().items()
    assert (car.driver, str(car.max_dc_kw)) == (driver, "233.5")


def test_adding_is_audited(api: Api, driver: User) -> None:
    api(driver).post(VEHICLES, CAR)
    entry = AuditEntry.objects.get(action="vehicle.add")
    assert (entry.actor_id, entry.before, (entry.after or {})["model"]) == (driver.pk, None, "EV6")


@pytest.mark.parametrize(
    ("change", "code", "errors"),
    [
        ({"make": ""}, "required", [("make", "required")]),
        ({"make": None}, "invalid", [("make", "invalid")]),
        ({"model": "x" * 81}, "too_long_text", [("model", "too_long_text")]),
        ({"battery_kwh": "0"}, "out_of_range", [("battery_kwh", "out_of_range")]),
        ({"battery_kwh": "2000.1"}, "out_of_range", [("battery_kwh", "out_of_range")]),
        ({"battery_kwh": "lots"}, "invalid", [("battery_kwh", "invalid")]),
        ({"battery_kwh": "NaN"}, "invalid", [("battery_kwh", "invalid")]),
        ({"max_ac_kw": "-1"}, "out_of_range", [("max_ac_kw", "out_of_range")]),
        ({"max_ac_kw": "0", "max_dc_kw": "0"}, "out_of_range", [("max_ac_kw", "out_of_range")]),
        ({"max_dc_kw": "1e9"}, "out_of_range", [("max_dc_kw", "out_of_range")]),
        ({"connectors": []}, "invalid", [("connectors", "invalid")]),
        ({"connectors": ["PLUG"]}, "invalid", [("connectors.0", "invalid")]),
        ({"connectors": ["CHADEMO", "CHADEMO"]}, "invalid", [("connectors", "invalid")]),
        ({"driver": "someone"}, "unknown_field", [("driver", "unknown_field")]),
        ({"make": "", "colour": "red"}, "invalid", [("make", "required"), ("colour", "unknown_field")]),
    ],
)
def test_a_wrong_car_is_refused_and_not_kept(
    api: Api, driver: User, change: dict[str, Any], code: str, errors: list[tuple[str, str]]
) -> None:
    assert problem(api(driver).post(VEHICLES, CAR | change)) == (422, code, errors)
    assert (Vehicle.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("field", sorted(CAR))
def test_every_field_is_required(api: Api, driver: User, field: str) -> None:
    body = {name: value for name, value in CAR.items() if name != field}
    assert problem(api(driver).post(VEHICLES, body)) == (422, "required", [(field, "required")])


def test_the_twenty_first_car_is_refused_until_one_is_removed(api: Api, driver: User) -> None:
    cars = [make_vehicle(driver) for _ in range(MAX_VEHICLES)]
    client = api(driver)
    assert problem(client.post(VEHICLES, CAR)) == (422, "too_many_vehicles", [("make", "too_many_vehicles")])
    assert Vehicle.objects.count() == MAX_VEHICLES
    client.delete(f"{VEHICLES}/{cars[0].pk}")
    assert client.post(VEHICLES, CAR).status_code == 201


def test_the_same_key_adds_one_car(api: Api, driver: User) -> None:
    client = api(driver)
    first = client.post(VEHICLES, CAR, HTTP_IDEMPOTENCY_KEY="k")
    again = client.post(VEHICLES, CAR, HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again["Idempotent-Replay"] == "true"
    assert Vehicle.objects.count() == 1


def test_anonymous_callers_add_nothing(api: Api, db: None) -> None:
    assert problem(api().post(VEHICLES, CAR))[:2] == (401, "not_authenticated")
    assert Vehicle.objects.count() == 0


def test_the_page_fills_in_the_figures_of_a_common_car(pages: Pages, driver: User) -> None:
    model = VehicleModel.objects.create(
        make="Acme", model="One", battery_kwh="41.5", max_ac_kw=11, max_dc_kw=99, connectors=["CHADEMO"]
    )
    page = pages(driver).get(f"/account/cars/add/?model={model.pk}").content.decode()
    assert 'value="Acme"' in page
    assert 'value="41.5"' in page
    assert page.count("checked") == 1


def test_the_page_takes_an_unknown_model_as_another_car(pages: Pages, driver: User) -> None:
    assert pages(driver).get("/account/cars/add/?model=999999").status_code == 200


def test_the_page_adds_a_car_and_refuses_one_that_cannot_charge(pages: Pages, driver: User) -> None:
    browser = pages(driver)
    refused = browser.post("/account/cars/add/", CAR | {"max_ac_kw": "0", "max_dc_kw": "0"})
    assert refused.status_code == 422
    assert "The car must charge from AC or from DC." in refused.content.decode()
    assert Vehicle.objects.count() == 0
    assert browser.post("/account/cars/add/", CAR)["Location"] == "/account/cars/"
    assert Vehicle.objects.get().driver == driver
