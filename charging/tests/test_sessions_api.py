"""The sessions of the API: each sees their own, the documents add up, and lists are paged and conditional."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from charging.models import CDR, Session
from charging.services.bills import credit_cdr
from charging.tests.conftest import START, Charge, Open
from tests.factories import make_operator

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
URL = "/api/v1/sessions"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def billed(charge: Charge) -> CDR:
    return charge(START + HOUR)


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json()["results"]]


def test_a_billed_session_says_what_was_charged_and_what_it_cost(api: Api, driver: User, billed: CDR) -> None:
    body = api(driver).get(f"{URL}/{billed.session_id}").json()
    assert (body["status"], body["booking"], body["energy_kwh"]) == ("COMPLETED", "TESTAAAA", "11")
    assert (body["start"], body["end"]) == ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z")
    assert (body["power_kw"], body["state_of_charge"]) == (None, None)
    assert body["remark"] == body["cdr"]["remark"] == "estimated, no meter"
    assert body["cost"]["total"] == {"amount": "5.50", "currency": "EUR"}
    assert [line["amount"]["amount"] for line in body["cost"]["lines"]] == ["5.50"]
    assert body["cdr"]["id"] == str(billed.pk)
    assert body["charging_periods"] == [
        {
            "start_date_time": "2026-12-01T08:00:00Z",
            "dimensions": [
                {"type": "ENERGY", "volume": "11"},
                {"type": "TIME", "volume": "1"},
                {"type": "POWER", "volume": "11"},
            ],
        }
    ]


def test_a_running_session_has_a_power_and_no_cost(api: Api, driver: User, open_session: Open) -> None:
    body = api(driver).get(f"{URL}/{open_session().pk}").json()
    assert (body["status"], body["end"], body["power_kw"]) == ("ACTIVE", None, "11")
    assert (body["cost"], body["cdr"], body["charging_periods"]) == (None, None, [])


def test_a_session_is_seen_by_its_driver_and_the_operators_people_only(
    api: Api,
    billed: CDR,
    driver: User,
    stranger: User,
    staff: User,
    owner: User,
    rival: User,
    administrator: User,
) -> None:
    own, ours = f"{URL}/{billed.session_id}", f"/api/v1/operator/sessions/{billed.session_id}"
    people = (None, driver, stranger, staff, owner, rival, administrator)
    assert [api(one).get(own).status_code for one in people] == [401, 200, 404, 404, 404, 404, 404]
    assert [api(one).get(ours).status_code for one in people] == [401, 404, 404, 200, 200, 404, 404]
    lists = {one: ids(api(one).get(URL)) for one in (driver, stranger, staff, administrator)}
    assert lists == {driver: [str(billed.session_id)], stranger: [], staff: [], administrator: []}
    assert ids(api(staff).get("/api/v1/operator/sessions")) == [str(billed.session_id)]
    assert ids(api(rival).get("/api/v1/operator/sessions")) == []
    assert api(stranger).get("/api/v1/operator/sessions").status_code == 403


def test_who_has_several_operators_says_which(api: Api, billed: CDR, owner: User) -> None:
    other = make_operator(owner=owner)
    url = "/api/v1/operator/sessions"
    assert api(owner).get(url).json()["code"] == "required"
    assert ids(api(owner).get(f"{url}?operator={other.pk}")) == []
    assert len(ids(api(owner).get(f"{url}?operator={billed.station.operator_id}"))) == 1


@pytest.mark.parametrize("wrong", ["nonsense", "00000000-0000-0000-0000-000000000000", "%00"])
def test_what_is_no_session_is_not_found(api: Api, driver: User, wrong: str) -> None:
    assert api(driver).get(f"{URL}/{wrong}").json()["code"] == "not_found"


def test_lists_are_paged_and_filtered_by_their_last_change(api: Api, driver: User, charge: Charge) -> None:
    days = [START + day * 24 * HOUR for day in range(3)]
    cdrs = [
        charge(day + HOUR, start=day, reserved_from=day, booking_reference=f"TESTAAA{number + 2}")
        for number, day in enumerate(days)
    ]
    expected = [str(cdr.session_id) for cdr in reversed(cdrs)]
    first = api(driver).get(f"{URL}?page_size=2")
    assert ids(first) == expected[:2]
    assert ids(api(driver).get(first.json()["next"])) == expected[2:]
    since = quote((days[1] + HOUR).isoformat())
    assert ids(api(driver).get(f"{URL}?updated_since={since}")) == expected[:2]
    assert api(driver).get(f"{URL}?updated_since=yesterday").status_code == 422


def test_an_unchanged_session_is_304_until_its_bill_is_taken_back(
    api: Api, driver: User, billed: CDR
) -> None:
    for url in (URL, f"{URL}/{billed.session_id}"):
        etag = api(driver).get(url)["ETag"]
        assert api(driver).get(url, headers={"If-None-Match": etag}).status_code == 304
    credit_cdr(billed, reason="wrong", actor=None, now=START + 2 * HOUR)
    changed = api(driver).get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["cost"]) == (200, None)


def test_a_list_costs_three_statements_however_long(
    api: Api, driver: User, charge: Charge, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    for number in range(3):
        charge(START + HOUR, booking_reference=f"TESTAAA{number + 2}")
        with django_assert_num_queries(3):
            assert len(ids(client.get(URL))) == number + 1


def test_the_export_of_a_person_holds_their_sessions_and_bills(
    api: Api, driver: User, stranger: User, billed: CDR
) -> None:
    own, others = (api(one).get("/api/v1/me/export").json() for one in (driver, stranger))
    assert [one["id"] for one in own["sessions"]] == [str(billed.session_id)]
    assert [one["id"] for one in own["bills"]] == [str(billed.pk)]
    assert (others["sessions"], others["bills"]) == ([], [])
    assert Session.objects.count() == 1
