"""Decisions about stations over the API."""

from collections.abc import Callable

from rest_framework.test import APIClient

from accounts.models import Operator, User
from stations.models import Station
from tests import factories

Api = Callable[[User | None], APIClient]
STATIONS = "/api/v1/admin/stations"


def test_the_queue_holds_what_is_submitted_the_oldest_first(
    api: Api, operator: Operator, administrator: User
) -> None:
    first = factories.make_station(operator, approval="SUBMITTED")
    second = factories.make_station(operator, approval="SUBMITTED")
    factories.make_station(operator)
    queue = api(administrator).get(STATIONS, {"approval": "SUBMITTED"}).json()["results"]
    assert [station["id"] for station in queue] == [str(first.pk), str(second.pk)]


def test_an_approved_station_is_public_and_its_history_says_who(
    api: Api, operator: Operator, administrator: User
) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    body = api(administrator).post(f"{STATIONS}/{station.pk}/approve", {}, format="json").json()
    assert body["approval"] == "APPROVED"
    assert [(step["to_state"], step["actor"]) for step in body["history"]] == [("APPROVED", "Ada Admin")]
    assert Station.objects.public().get() == station


def test_a_reason_is_needed(api: Api, operator: Operator, administrator: User) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    answer = api(administrator).post(f"{STATIONS}/{station.pk}/reject", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "required")
    station.refresh_from_db()
    assert station.approval == "SUBMITTED"


def test_a_suspended_station_can_be_approved_again(api: Api, station: Station, administrator: User) -> None:
    client, url = api(administrator), f"{STATIONS}/{station.pk}"
    suspended = client.post(f"{url}/suspend", {"reason": "Complaints"}, format="json").json()
    assert suspended["approval"] == "SUSPENDED"
    assert suspended["history"][-1]["reason"] == "Complaints"
    assert not Station.objects.public().exists()
    assert client.post(f"{url}/approve", {}, format="json").json()["approval"] == "APPROVED"
    assert client.post(f"{url}/approve", {}, format="json").json()["code"] == "wrong_state"
