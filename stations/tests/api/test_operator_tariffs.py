"""Tariffs and closures over the API."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Operator, User
from stations.models import Closure, Station, Tariff
from tests import factories

Api = Callable[[User | None], APIClient]
TARIFFS = "/api/v1/operator/tariffs"
CLOSURES = "/api/v1/operator/closures"
STANDARD: dict[str, Any] = {
    "name": "Standard",
    "currency": "EUR",
    "tax_included": "YES",
    "elements": [
        {
            "price_components": [
                {"type": "ENERGY", "price": 0.5, "vat": 19, "step_size": 1},
                {"type": "FLAT", "price": 1, "vat": 19, "step_size": 1},
            ]
        }
    ],
}


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_tariff_is_an_ocpi_object_with_a_name_and_a_version(
    api: Api, operator: Operator, owner: User
) -> None:
    made = api(owner).post(TARIFFS, STANDARD, format="json")
    body = made.json()
    assert made.status_code == 201
    assert (body["name"], body["version"], body["currency"]) == ("Standard", 1, "EUR")
    assert body["elements"][0]["price_components"][0]["price"] == 0.5
    assert body["operator"]["id"] == str(operator.pk)
    assert api(owner).get(f"{TARIFFS}/{body['id']}").json() == body


def test_a_change_of_price_is_a_version_and_an_old_one_can_be_restored(
    api: Api, operator: Operator, owner: User
) -> None:
    client = api(owner)
    url = f"{TARIFFS}/{client.post(TARIFFS, STANDARD, format='json').json()['id']}"
    changed = client.patch(url, {"max_price": {"before_taxes": 20}}, format="json").json()
    assert (changed["version"], changed["max_price"]) == (2, {"before_taxes": 20.0})
    assert client.patch(url, {"max_price": None}, format="json").json()["version"] == 3
    assert client.post(f"{url}/versions/2/restore", {}, format="json").json()["version"] == 4
    versions = client.get(f"{url}/versions").json()["results"]
    assert [version["number"] for version in versions] == [4, 3, 2, 1]
    assert versions[0]["document"] == versions[2]["document"]
    assert client.post(f"{url}/versions/9/restore", {}, format="json").status_code == 404


def test_a_preview_gives_the_lines_of_the_quote(api: Api, operator: Operator, owner: User) -> None:
    client = api(owner)
    url = f"{TARIFFS}/{client.post(TARIFFS, STANDARD, format='json').json()['id']}/preview"
    stay = {"start": "2026-12-01T08:00:00Z", "end": "2026-12-01T09:00:00Z", "energy_kwh": "10"}
    quote = client.post(url, stay, format="json").json()
    assert [(line["dimension"], line["amount"]["amount"]) for line in quote["lines"]] == [
        ("FLAT", "1.00"),
        ("ENERGY", "5.00"),
    ]
    assert quote["total"] == {"amount": "6.00", "currency": "EUR"}
    assert Tariff.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"end": "2026-12-01T08:00:00Z"}, [("end", "end_before_start")]),
        ({"end": "2027-12-01T08:00:00Z"}, [("end", "range_too_long")]),
        ({"start": "2026-12-01T08:00:00"}, [("start", "naive_time")]),
        ({"power_kw": "0"}, [("power_kw", "out_of_range")]),
        ({"energy_kwh": "-1"}, [("energy_kwh", "out_of_range")]),
        ({"energy_kwh": "NaN"}, [("energy_kwh", "invalid")]),
        ({"version": 7}, [("version", "invalid")]),
        ({"station": "6f1a7b0e-0000-4000-8000-000000000000"}, [("station", "unknown_station")]),
    ],
)
def test_an_impossible_stay_is_refused(
    api: Api, operator: Operator, owner: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    tariff = factories.make_tariff(operator)
    stay = {"start": "2026-12-01T08:00:00Z", "end": "2026-12-01T09:00:00Z", "energy_kwh": "10", **change}
    answer = api(owner).post(f"{TARIFFS}/{tariff.pk}/preview", stay, format="json")
    assert (answer.status_code, codes(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, [("name", "invalid")]),
        ({"currency": "XXX"}, [("currency", "invalid")]),
        ({"tax_included": "MAYBE"}, [("tax_included", "invalid")]),
        ({"elements": []}, [("elements", "required")]),
        (
            {"elements": [{"price_components": [{"type": "ENERGY", "price": "free", "step_size": 1}]}]},
            [("elements.0.price_components.0.price", "invalid")],
        ),
        ({"colour": "red"}, [("colour", "unknown_field")]),
    ],
)
def test_a_wrong_tariff_is_named_by_its_place(
    api: Api, operator: Operator, owner: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = api(owner).post(TARIFFS, {**STANDARD, **change}, format="json")
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert not Tariff.objects.exists()


def test_a_closure_is_made_listed_and_canceled(api: Api, station: Station, owner: User) -> None:
    client = api(owner)
    uid = station.evses.all()[0].uid
    body = {
        "station": str(station.pk),
        "evse_uid": uid,
        "start": "2099-01-01T08:00:00+01:00",
        "end": "2099-01-01T10:00:00+01:00",
        "reason": "New cable",
    }
    made = client.post(CLOSURES, body, format="json").json()
    assert (made["evse_uid"], made["start"], made["canceled_at"]) == (uid, "2099-01-01T07:00:00Z", None)
    assert [c["id"] for c in client.get(CLOSURES).json()["results"]] == [made["id"]]
    assert client.delete(f"{CLOSURES}/{made['id']}").status_code == 204
    assert client.get(f"{CLOSURES}/{made['id']}").json()["canceled_at"] is not None
    assert client.delete(f"{CLOSURES}/{made['id']}").json()["code"] == "wrong_state"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"station": "6f1a7b0e-0000-4000-8000-000000000000"}, [("station", "unknown_station")]),
        ({"evse_uid": "NOPE"}, [("evse_uid", "invalid")]),
        ({"end": "2099-01-01T07:00:00Z"}, [("end", "end_before_start")]),
        ({"start": "2020-01-01T07:00:00Z", "end": "2020-01-01T08:00:00Z"}, [("end", "in_the_past")]),
        ({"reason": ""}, [("reason", "required")]),
        ({"start": "tomorrow"}, [("start", "invalid")]),
    ],
)
def test_an_impossible_closure_is_refused(
    api: Api, station: Station, owner: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    body = {
        "station": str(station.pk),
        "start": "2099-01-01T07:00:00Z",
        "end": "2099-01-01T08:00:00Z",
        "reason": "Works",
        **change,
    }
    answer = api(owner).post(CLOSURES, body, format="json")
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert not Closure.objects.exists()
