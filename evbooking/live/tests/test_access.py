"""Who may watch what."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.live.access import Grant, read_token, sign
from stations.models import Station
from tests import factories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
Api = Callable[[User | None], APIClient]


@pytest.fixture
def reference(station: Station, driver: User) -> str:
    evse = station.evses.all()[0]
    return factories.make_booking(evse, driver, start=NOW + timedelta(days=1)).reference or ""


def granted(location: str) -> Grant | None:
    return read_token(parse_qs(urlsplit(location).query)["token"][0])


def test_anybody_is_sent_on_to_watch_a_public_station(api: Api, station: Station) -> None:
    answer = api(None).get(f"/api/v1/live?stations={station.pk}")
    assert answer.status_code == 307
    assert answer["Location"].startswith("http://127.0.0.1:8001/api/v1/live?token=")
    assert granted(answer["Location"]) == Grant(frozenset({str(station.pk)}), frozenset())


def test_a_driver_watches_their_own_booking(api: Api, driver: User, reference: str) -> None:
    answer = api(driver).get(f"/api/v1/live?bookings={reference}")
    assert granted(answer["Location"]) == Grant(frozenset(), frozenset({reference}))


def test_staff_of_the_operator_watch_its_bookings(api: Api, staff: User, reference: str) -> None:
    assert api(staff).get(f"/api/v1/live?bookings={reference}").status_code == 307


def test_nobody_watches_someone_elses_booking(api: Api, stranger: User, rival: User, reference: str) -> None:
    for user in (stranger, rival):
        answer = api(user).get(f"/api/v1/live?bookings={reference}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = api(None).get(f"/api/v1/live?bookings={reference}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_draft_is_seen_by_its_operator_alone(
    api: Api, owner: User, stranger: User, station: Station
) -> None:
    Station.objects.filter(pk=station.pk).update(approval=Station.Approval.DRAFT)
    assert api(owner).get(f"/api/v1/live?stations={station.pk}").status_code == 307
    refused = api(stranger).get(f"/api/v1/live?stations={station.pk}")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_station")


@pytest.mark.parametrize(
    "stations", ["no-uuid", "00000000-0000-4000-8000-000000000000", "'; DROP TABLE x; --"]
)
def test_a_station_that_does_not_exist_is_named(api: Api, stations: str, db: None) -> None:
    answer = api(None).get("/api/v1/live", {"stations": stations})
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "field": "stations",
        "code": "unknown_station",
        "detail": "One of these stations does not exist.",
    }


def test_too_many_at_once_are_refused(api: Api, db: None) -> None:
    ids = ",".join(str(number) for number in range(51))
    answer = api(None).get("/api/v1/live", {"stations": ids})
    assert (answer.status_code, answer.json()["code"]) == (422, "out_of_range")


def test_a_token_is_good_for_one_minute() -> None:
    grant = Grant(frozenset({"a"}), frozenset({"B"}))
    with time_machine.travel(NOW, tick=False) as clock:
        token = sign(grant)
        assert read_token(token) == grant
        clock.shift(timedelta(seconds=61))
        assert read_token(token) is None


def test_a_token_that_was_touched_is_worthless() -> None:
    token = sign(Grant(frozenset({"a"}), frozenset()))
    assert read_token(f"x{token}") is None
    assert read_token("") is None
