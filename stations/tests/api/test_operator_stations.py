"""Stations over the API, as their operator writes and reads them."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Membership, Operator, User
from evbooking.core.models import DomainEvent
from stations.models import EVSE, Station
from tests import factories

Api = Callable[[User | None], APIClient]
STATIONS = "/api/v1/operator/stations"
ALSTER: dict[str, Any] = {
    "name": "Alster Süd",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": 53.5534,
    "longitude": 9.9921,
    "time_zone": "Europe/Berlin",
}


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_an_operator_builds_a_station_and_submits_it(api: Api, operator: Operator, owner: User) -> None:
    client = api(owner)
    tariff = factories.make_tariff(operator)
    made = client.post(STATIONS, {**ALSTER, "booking_terms": {"buffer_minutes": 5}}, format="json").json()
    url = f"{STATIONS}/{made['id']}"
    assert (made["approval"], made["slug"], made["tariff"]) == ("DRAFT", "alster-sud-hamburg", None)
    assert made["booking_terms"]["buffer_minutes"] == 5
    assert made["operator"] == {"id": str(operator.pk), "name": operator.name}

    refused = client.post(f"{url}/submit", {}, format="json")
    assert refused.status_code == 422
    assert codes(refused) == [("evses", "required"), ("tariff", "required")]

    connector = {"standard": "IEC_62196_T2", "power_type": "AC_3_PHASE", "max_power_kw": "22"}
    evse = client.post(f"{url}/evses", {"uid": "E1", "connectors": [connector]}, format="json").json()
    assert evse["connectors"][0] == {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_power_kw": "22",
        "max_voltage": 230,
        "max_amperage": 32,
    }
    assert client.patch(url, {"tariff": str(tariff.pk)}, format="json").json()["tariff"] == str(tariff.pk)
    assert client.post(f"{url}/submit", {}, format="json").json()["approval"] == "SUBMITTED"
    assert client.post(f"{url}/submit", {}, format="json").json()["code"] == "wrong_state"
    assert DomainEvent.objects.filter(type="station.submitted").count() == 1


def test_the_operator_is_asked_for_where_there_are_several(api: Api, operator: Operator, owner: User) -> None:
    other = factories.make_operator("Second", owner=owner)
    refused = api(owner).post(STATIONS, ALSTER, format="json")
    assert (refused.status_code, codes(refused)) == (422, [("operator", "required")])
    assert not Station.objects.exists()
    made = api(owner).post(STATIONS, {**ALSTER, "operator": str(other.pk)}, format="json")
    assert made.json()["operator"]["name"] == "Second"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, [("name", "required")]),
        ({"name": "x" * 121}, [("name", "too_long_text")]),
        ({"name": "a\u0000b"}, [("name", "invalid")]),
        ({"latitude": 91}, [("latitude", "out_of_range")]),
        ({"latitude": "NaN"}, [("latitude", "invalid")]),
        ({"country": "DE"}, [("country", "invalid")]),
        ({"time_zone": "Mars/Olympus"}, [("time_zone", "invalid")]),
        ({"facilities": ["POOL"]}, [("facilities.0", "invalid")]),
        ({"opening_times": {"twentyfourseven": "yes"}}, [("opening_times.twentyfourseven", "invalid")]),
        ({"opening_times": 7}, [("opening_times", "invalid")]),
        ({"colour": "red"}, [("colour", "unknown_field")]),
        ({"booking_terms": {"security": "DEPOSIT"}}, [("booking_terms.deposit_amount", "out_of_range")]),
        (
            {"booking_terms": {"late_cancel_share": 101}},
            [("booking_terms.late_cancel_share", "out_of_range")],
        ),
        ({"tariff": "6f1a7b0e-0000-4000-8000-000000000000"}, [("tariff", "invalid")]),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    api: Api, station: Station, owner: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = api(owner).patch(f"{STATIONS}/{station.pk}", change, format="json")
    assert (answer.status_code, codes(answer)) == (422, expected)
    revision = station.revision
    station.refresh_from_db()
    assert station.name.startswith("Station ")
    assert revision <= station.revision
    assert not DomainEvent.objects.exists()


def test_html_and_sql_are_only_text(api: Api, station: Station, owner: User) -> None:
    text = "<script>alert(1)</script>'; DROP TABLE stations_station; --"
    answer = api(owner).patch(f"{STATIONS}/{station.pk}", {"name": text}, format="json")
    assert answer.json()["name"] == text
    assert Station.objects.get().name == text


def test_a_failed_part_rolls_the_whole_change_back(api: Api, station: Station, owner: User) -> None:
    body = {"name": "Half", "booking_terms": {"late_cancel_share": 101}}
    assert api(owner).patch(f"{STATIONS}/{station.pk}", body, format="json").status_code == 422
    assert not Station.objects.filter(name="Half").exists()
    assert not DomainEvent.objects.exists()


def test_the_list_can_be_filtered_and_followed(api: Api, operator: Operator, owner: User) -> None:
    first = factories.make_station(operator, name="A", approval="DRAFT")
    factories.make_station(operator, name="B")
    client = api(owner)
    page = client.get(STATIONS, {"page_size": 1}).json()
    assert [s["name"] for s in page["results"]] == ["A"]
    assert [s["name"] for s in client.get(page["next"]).json()["results"]] == ["B"]
    drafts = client.get(STATIONS, {"approval": "DRAFT"}).json()["results"]
    assert [s["id"] for s in drafts] == [str(first.pk)]
    late = client.get(STATIONS, {"updated_since": "2099-01-01T00:00:00Z"}).json()
    assert late["results"] == []
    assert client.get(STATIONS, {"updated_since": "2026-01-01T00:00:00"}).json()["code"] == "naive_time"


def test_a_read_again_is_not_modified_until_something_below_changes(
    api: Api, station: Station, owner: User
) -> None:
    client, url = api(owner), f"{STATIONS}/{station.pk}"
    etag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    uid = station.evses.all()[0].uid
    client.post(f"{url}/evses/{uid}/inhibit", {"cause": "weather"}, format="json")
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_list_costs_the_same_queries_for_one_station_and_for_twenty(
    api: Api, operator: Operator, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(owner)
    factories.make_station(operator, evses=3)
    client.get(STATIONS)
    with django_assert_num_queries(9):
        assert len(client.get(STATIONS).json()["results"]) == 1
    for _ in range(19):
        factories.make_station(operator, evses=2)
    with django_assert_num_queries(9):
        assert len(client.get(STATIONS).json()["results"]) == 20


def test_a_uid_is_taken_for_ever(api: Api, station: Station, owner: User) -> None:
    client, url = api(owner), f"{STATIONS}/{station.pk}/evses"
    assert client.post(url, {"uid": "E9"}, format="json").status_code == 201
    assert client.delete(f"{url}/E9").status_code == 204
    assert client.get(f"{url}/E9").status_code == 404
    refused = client.post(url, {"uid": "E9"}, format="json")
    assert (refused.status_code, codes(refused)) == (422, [("uid", "invalid")])
    assert EVSE.objects.filter(uid="E9").count() == 1


def test_a_connectors_error_is_named_by_its_place(api: Api, station: Station, owner: User) -> None:
    connectors = [
        {"standard": "CHADEMO", "power_type": "AC_3_PHASE", "max_power_kw": "50"},
        {"power_type": "DC"},
    ]
    url = f"{STATIONS}/{station.pk}/evses"
    answer = api(owner).post(url, {"connectors": connectors}, format="json")
    assert codes(answer) == [("connectors.1.standard", "required")]
    answer = api(owner).post(url, {"connectors": connectors[:1]}, format="json")
    assert codes(answer) == [("connectors.0.power_type", "invalid")]
    assert station.evses.count() == 2


def test_a_key_makes_a_create_happen_once(api: Api, operator: Operator, owner: User) -> None:
    client = api(owner)
    first = client.post(STATIONS, ALSTER, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(STATIONS, ALSTER, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replay"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert Station.objects.count() == 1


def test_a_manager_is_enough(api: Api, station: Station, operator: Operator, stranger: User) -> None:
    Membership.objects.create(operator=operator, user=stranger, role=Membership.Role.MANAGER)
    answer = api(stranger).patch(f"{STATIONS}/{station.pk}", {"name": "Renamed"}, format="json")
    assert answer.json()["name"] == "Renamed"
