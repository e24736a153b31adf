"""Series over the API: preview, book, read, change, cancel; and that what is someone else's does not exist."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking, Series
from bookings.services.series.later import book_opened
from bookings.tests.series.conftest import FIRST, HOUR, NOW, WEEK
from stations.models import EVSE, Station
from tests.factories import make_booking

URL = "/api/v1/series"
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def wish(site: Station) -> dict[str, Any]:
    return {
        "station": str(site.pk),
        "start": "2026-12-01T07:30:00Z",
        "end": "2026-12-01T08:30:00Z",
        "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=4",
    }


@pytest.fixture
def series(api: Api, driver: User, wish: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = api(driver).post(URL, wish).json()
    return answer


def test_a_preview_names_each_date_and_keeps_nothing(
    api: Api, driver: User, stranger: User, wish: dict[str, Any], evse: EVSE
) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    answer = api(driver).post(f"{URL}/preview", wish)
    assert answer.status_code == 200
    body = answer.json()
    assert [(one["date"], one["free"], one["code"]) for one in body["dates"]] == [
        ("2026-12-01", True, None),
        ("2026-12-08", False, "slot_taken"),
        ("2026-12-15", True, None),
        ("2026-12-22", True, None),
    ]
    assert body["dates"][0] == {
        "date": "2026-12-01",
        "start": "2026-12-01T07:30:00Z",
        "end": "2026-12-01T08:30:00Z",
        "free": True,
        "later": False,
        "evse_uid": evse.uid,
        "connector": "IEC_62196_T2",
        "energy_kwh": "11",
        "quote": {"amount": "5.50", "currency": "EUR"},
        "code": None,
        "detail": "",
        "alternatives": [],
    }
    assert len(body["dates"][1]["alternatives"]) == 3
    assert body["total"] == {"amount": "16.50", "currency": "EUR"}
    assert not Series.objects.exists()


def test_booking_answers_the_series_and_what_was_refused(
    api: Api, driver: User, stranger: User, wish: dict[str, Any], evse: EVSE
) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    answer = api(driver).post(URL, wish)
    assert answer.status_code == 201
    body = answer.json()
    assert answer["Location"] == f"{URL}/{body['id']}"
    assert [(one["date"], one["status"], one["moved"]) for one in body["dates"]] == [
        ("2026-12-01", "RESERVED", False),
        ("2026-12-15", "RESERVED", False),
        ("2026-12-22", "RESERVED", False),
    ]
    assert [(one["date"], one["code"]) for one in body["refused"]] == [("2026-12-08", "slot_taken")]
    assert (body["clock"], body["first_date"], body["duration_minutes"]) == ("08:30", "2026-12-01", 60)
    assert (body["total"]["amount"], body["payment_required"]) == ("16.50", False)
    booking = api(driver).get(f"/api/v1/bookings/{body['dates'][0]['reference']}").json()
    assert booking["series"] == body["id"]


def test_chosen_dates_only(api: Api, driver: User, wish: dict[str, Any]) -> None:
    body = api(driver).post(URL, {**wish, "dates": ["2026-12-08"]}).json()
    assert [one["date"] for one in body["dates"]] == ["2026-12-08"]


def test_nothing_to_book_says_why_for_each_day(
    api: Api, driver: User, stranger: User, wish: dict[str, Any], evse: EVSE
) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK)
    answer = api(driver).post(URL, {**wish, "dates": ["2026-12-08"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_book")
    assert [(one["date"], one["code"]) for one in answer.json()["occurrences"]] == [
        ("2026-12-08", "slot_taken")
    ]
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"rrule": "FREQ=MONTHLY;COUNT=2"}, "rrule", "invalid"),
        ({"rrule": ""}, "rrule", "required"),
        ({"dates": ["2026-12-02"]}, "dates", "invalid"),
        ({"dates": ["tomorrow"]}, "dates.0", "invalid"),
        ({"end": "2026-12-01T07:30:00Z"}, "end", "end_before_start"),
        ({"vehicle": "mine"}, "vehicle", "unknown_vehicle"),
        ({"id": "1"}, "id", "unknown_field"),
    ],
)
def test_what_cannot_be_had_is_named_by_its_field(
    api: Api, driver: User, wish: dict[str, Any], change: dict[str, Any], field: str, code: str
) -> None:
    answer = api(driver).post(URL, {**wish, **change})
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert not Series.objects.exists()


def test_a_replayed_request_books_once(api: Api, driver: User, wish: dict[str, Any]) -> None:
    client = api(driver)
    first = client.post(URL, wish, headers={"Idempotency-Key": "commute"})
    again = client.post(URL, wish, headers={"Idempotency-Key": "commute"})
    assert again.json() == first.json()
    assert (Series.objects.count(), Booking.objects.count()) == (1, 4)


def test_the_list_and_the_one_carry_validators(api: Api, driver: User, series: dict[str, Any]) -> None:
    client = api(driver)
    listed = client.get(URL)
    assert [one["id"] for one in listed.json()["results"]] == [series["id"]]
    one = client.get(f"{URL}/{series['id']}")
    assert one.json() == {name: value for name, value in series.items() if name != "refused"}
    for url, answer in ((URL, listed), (f"{URL}/{series['id']}", one)):
        assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_change_is_shown_first_and_then_made(api: Api, driver: User, series: dict[str, Any]) -> None:
    client, url = api(driver), f"{URL}/{series['id']}"
    change = {"from": "2026-12-15", "clock": "09:00", "duration_minutes": 90}
    shown = client.patch(f"{url}?preview=true", change).json()
    assert [(one["date"], one["outcome"], one["difference"]["amount"]) for one in shown["dates"]] == [
        ("2026-12-15", "would_move", "2.75"),
        ("2026-12-22", "would_move", "2.75"),
    ]
    assert client.get(url).json()["clock"] == "08:30"
    made = client.patch(url, change).json()
    assert [one["outcome"] for one in made["dates"]] == ["moved", "moved"]
    after = client.get(url).json()
    assert (after["clock"], [one["start"] for one in after["dates"]][1:3]) == (
        "09:00",
        ["2026-12-08T07:30:00Z", "2026-12-15T08:00:00Z"],
    )


def test_a_change_needs_something_to_change(api: Api, driver: User, series: dict[str, Any]) -> None:
    answer = api(driver).patch(f"{URL}/{series['id']}", {"from": "2026-12-15"})
    assert (answer.status_code, answer.json()["code"]) == (422, "required")


def test_canceling_says_what_it_costs_first(api: Api, driver: User, series: dict[str, Any]) -> None:
    client, url = api(driver), f"{URL}/{series['id']}/cancel"
    shown = client.post(f"{url}?preview=true", {"from": "2026-12-08"}).json()
    assert [one["status"] for one in shown["dates"]] == ["RESERVED"] * 3
    assert (shown["fee"]["amount"], shown["refund"]["amount"]) == ("0.00", "0.00")
    done = client.post(url, {"from": "2026-12-08"}).json()
    assert [one["status"] for one in done["dates"]] == ["CANCELED"] * 3
    assert client.post(url, {"from": "2026-12-08"}).json()["code"] == "wrong_state"


def test_a_stranger_finds_no_series(api: Api, stranger: User, series: dict[str, Any]) -> None:
    client, url = api(stranger), f"{URL}/{series['id']}"
    assert client.get(URL).json()["results"] == []
    change = {"from": "2026-12-01", "clock": "09:00"}
    answers = [client.get(url), client.patch(url, change), client.post(f"{url}/cancel")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert Booking.objects.filter(start=FIRST, end=FIRST + HOUR, status="RESERVED").count() == 1


def test_reading_a_series_of_52_dates_costs_as_many_queries_as_one_of_two(
    api: Api, driver: User, site: Station, wish: dict[str, Any], django_assert_num_queries: Any
) -> None:
    site.terms.booking_horizon_minutes = 60 * 24 * 400
    site.terms.save()
    client = api(driver)
    for count in (2, 52):
        series = client.post(URL, {**wish, "rrule": f"FREQ=WEEKLY;COUNT={count}"}).json()
        with django_assert_num_queries(4):
            assert len(client.get(f"{URL}/{series['id']}").json()["dates"]) == count
        client.post(f"{URL}/{series['id']}/cancel", {})


@pytest.fixture
def two_weeks_ahead(site: Station) -> None:
    site.terms.booking_horizon_minutes = 14 * 24 * 60
    site.terms.save()


@pytest.mark.usefixtures("two_weeks_ahead")
def test_dates_too_far_ahead_wait_and_say_from_when_on_they_can_be_booked(
    api: Api, driver: User, wish: dict[str, Any]
) -> None:
    app = api(driver)
    preview = app.post(f"{URL}/preview", wish).json()
    assert [(one["free"], one["later"], one["code"]) for one in preview["dates"]] == [
        (True, False, None),
        (True, False, None),
        (False, True, "too_far_ahead"),
        (False, True, "too_far_ahead"),
    ]
    booked = app.post(URL, wish).json()
    assert booked["refused"] == []
    assert booked["later"][0] == {
        "date": "2026-12-15",
        "start": "2026-12-15T07:30:00Z",
        "state": "WAITING",
        "opens_at": "2026-12-01T07:30:00Z",
        "at_most": {"amount": "5.50", "currency": "EUR"},
        "code": None,
    }
    assert app.get(URL).json()["results"][0]["later"] == booked["later"]
    canceled = app.post(f"{URL}/{booked['id']}/cancel", {"from": "2026-12-15"}).json()
    assert (canceled["dates"], canceled["later"]) == ([], ["2026-12-15", "2026-12-22"])
    assert canceled["fee"] == {"amount": "0.00", "currency": "EUR"}
    assert [one["state"] for one in app.get(booked["links"]["self"]).json()["later"]] == ["WITHDRAWN"] * 2
    assert [one["status"] for one in app.get(booked["links"]["self"]).json()["dates"]] == ["RESERVED"] * 2


@pytest.mark.usefixtures("two_weeks_ahead")
def test_one_date_that_waits_is_withdrawn_alone_and_once_more_is_as_good(
    api: Api, driver: User, stranger: User, wish: dict[str, Any]
) -> None:
    app = api(driver)
    here = app.post(URL, wish).json()["links"]["self"]
    assert api(stranger).delete(f"{here}/later/2026-12-15").status_code == 404
    for _ in range(2):
        assert app.delete(f"{here}/later/2026-12-15").status_code == 204
    shown = app.get(here).json()
    assert [(one["date"], one["state"], one["opens_at"]) for one in shown["later"]] == [
        ("2026-12-15", "WITHDRAWN", None),
        ("2026-12-22", "WAITING", "2026-12-08T07:30:00Z"),
    ]
    assert [one["status"] for one in shown["dates"]] == ["RESERVED"] * 2
    assert shown["links"]["cancel"] == f"{here}/cancel"


@pytest.mark.usefixtures("two_weeks_ahead")
def test_a_date_that_does_not_wait_is_not_withdrawn(api: Api, driver: User, wish: dict[str, Any]) -> None:
    app = api(driver)
    here = app.post(URL, wish).json()["links"]["self"]
    for day in ("2026-12-01", "2026-12-16", "20261215", "soon"):
        assert app.delete(f"{here}/later/{day}").status_code == 404
    book_opened(FIRST)
    refused = app.delete(f"{here}/later/2026-12-15")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert [one["state"] for one in app.get(here).json()["later"]] == ["WAITING"]
    assert [one["status"] for one in app.get(here).json()["dates"]] == ["RESERVED"] * 3


@pytest.mark.usefixtures("two_weeks_ahead")
def test_a_date_that_could_not_be_booked_says_why_and_changes_the_etag(
    api: Api, driver: User, stranger: User, wish: dict[str, Any], evse: EVSE
) -> None:
    app = api(driver)
    here = app.post(URL, wish).json()["links"]["self"]
    before = app.get(here)["ETag"]
    make_booking(evse, stranger, start=FIRST + 2 * WEEK)
    book_opened(FIRST)
    answer = app.get(here)
    assert answer["ETag"] != before
    assert [(one["state"], one["opens_at"], one["code"]) for one in answer.json()["later"]] == [
        ("MISSED", None, "slot_taken"),
        ("WAITING", "2026-12-08T07:30:00Z", None),
    ]


def test_all_following_move_to_another_weekday_and_an_unknown_day_is_refused(
    api: Api, driver: User, series: dict[str, Any]
) -> None:
    app, here = api(driver), series["links"]["self"]
    preview = app.patch(f"{here}?preview=true", {"from": "2026-12-08", "days": ["WE"]}).json()
    assert [(one["outcome"], one["start"]) for one in preview["dates"]] == [
        ("would_move", f"2026-12-{day:02}T07:30:00Z") for day in (9, 16, 23)
    ]
    assert [
        one["outcome"] for one in app.patch(here, {"from": "2026-12-08", "days": ["WE"]}).json()["dates"]
    ] == ["moved"] * 3
    assert app.get(here).json()["rrule"] == "FREQ=WEEKLY;BYDAY=WE;COUNT=4"
    for days in (["MX"], ["MO", "TU"]):
        refused = app.patch(here, {"from": "2026-12-08", "days": days})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"].startswith("days")


@pytest.mark.usefixtures("two_weeks_ahead")
def test_a_change_says_what_becomes_of_dates_that_are_not_booked_yet(
    api: Api, driver: User, wish: dict[str, Any]
) -> None:
    app = api(driver)
    here = app.post(URL, wish).json()["links"]["self"]
    changed = app.patch(here, {"from": "2026-12-08", "days": ["WE"], "duration_minutes": 120}).json()
    assert changed["later"][0] == {
        "date": "2026-12-15",
        "start": "2026-12-16T07:30:00Z",
        "at_most": {"amount": "11.00", "currency": "EUR"},
        "code": None,
        "detail": "",
        "alternatives": [],
    }
    assert [(one["date"], one["at_most"]["amount"]) for one in app.get(here).json()["later"]] == [
        ("2026-12-16", "11.00"),
        ("2026-12-23", "11.00"),
    ]
