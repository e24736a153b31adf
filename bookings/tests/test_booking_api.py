"""Bookings through the API: shapes, codes, scopes; what a refusal leaves as it was."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking, BookingTransition
from evbooking.core.models import DomainEvent
from stations.models import EVSE, Station
from tests.factories import make_booking, make_evse, make_station, make_tariff, make_vehicle

NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)
EIGHT = datetime(2026, 12, 1, 8, tzinfo=UTC)
NINE = EIGHT + timedelta(hours=1)
URL = "/api/v1/bookings"
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seven_fifty() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def slot(station: Station, start: datetime = EIGHT, minutes: int = 60, **more: Any) -> dict[str, Any]:
    end = start + timedelta(minutes=minutes)
    return {"station": str(station.pk), "start": start.isoformat(), "end": end.isoformat(), **more}


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_hold_answers_201_with_everything_a_driver_must_know(api: Api, driver: User) -> None:
    station = make_station(terms={"noshow_fee_amount": Decimal("3")})
    answer = api(driver).post(URL, slot(station))
    assert answer.status_code == 201
    body = answer.json()
    assert re.fullmatch("[A-HJ-NP-Z2-9]{8}", body["reference"])
    assert answer["Location"] == f"{URL}/{body['reference']}"
    assert body["status"] == "HELD"
    assert body["hold_expires_at"] == "2026-12-01T08:00:00Z"
    assert body["station"]["name"] == station.name
    assert body["evse_uid"] == station.evses.get().uid
    assert (body["connector"], body["vehicle"]) == ("IEC_62196_T2", None)
    assert (body["start"], body["end"]) == ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z")
    assert (body["energy_kwh"], body["power_kw"]) == ("11", "11")
    assert body["quote"]["total"] == {"amount": "5.50", "currency": "EUR"}
    assert body["quote"]["lines"] == [
        {
            "dimension": "ENERGY",
            "description": "Energy",
            "quantity": "11",
            "unit": "kWh",
            "unit_price": {"amount": "0.50", "currency": "EUR"},
            "amount": {"amount": "5.50", "currency": "EUR"},
            "vat": "19",
        }
    ]
    assert body["booking_terms"]["noshow_fee_amount"] == {"amount": "3.00", "currency": "EUR"}
    assert body["tariff"] == station.tariff.current.document
    assert body["payment"] == {"required": False, "status": "none"}
    assert body["links"] == {
        "self": answer["Location"],
        "confirm": f"{answer['Location']}/confirm",
        "cancel": f"{answer['Location']}/cancel",
    }
    assert body["last_updated"] == "2026-12-01T07:50:00Z"
    assert body["request_id"] == str(Booking.objects.get().request_id)


def test_a_booking_that_costs_nothing_is_reserved_at_once(api: Api, driver: User) -> None:
    free = {"currency": "EUR", "tax_included": "YES", "elements": [{"price_components": [_free_energy()]}]}
    station = make_station()
    _price(station, free)
    body = api(driver).post(URL, slot(station)).json()
    assert (body["status"], body["hold_expires_at"]) == ("RESERVED", None)
    assert list(BookingTransition.objects.values_list("to_status", flat=True)) == ["HELD", "RESERVED"]


def test_a_free_booking_that_needs_approval_is_pending_at_once(api: Api, driver: User) -> None:
    free = {"currency": "EUR", "tax_included": "YES", "elements": [{"price_components": [_free_energy()]}]}
    station = make_station(terms={"approval_required": True})
    _price(station, free)
    body = api(driver).post(URL, slot(station, NINE)).json()
    assert (body["status"], body["answer_by"]) == ("PENDING", "2026-12-01T09:00:00Z")


def _free_energy() -> dict[str, Any]:
    return {"type": "ENERGY", "price": 0, "step_size": 1}


def _price(station: Station, document: dict[str, Any]) -> None:
    station.tariff = make_tariff(station.operator, document)
    station.save()


def test_a_taken_slot_answers_409_with_alternatives_that_can_be_booked(
    api: Api, driver: User, stranger: User
) -> None:
    station = make_station()
    api(stranger).post(URL, slot(station))
    answer = api(driver).post(URL, slot(station))
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "slot_taken"
    assert [(found["start"], found["end"]) for found in problem["alternatives"]] == [
        ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"),
        ("2026-12-01T09:15:00Z", "2026-12-01T10:15:00Z"),
        ("2026-12-01T09:30:00Z", "2026-12-01T10:30:00Z"),
    ]
    assert Booking.objects.count() == 1
    first = problem["alternatives"][0]
    taken = api(driver).post(URL, {name: first[name] for name in ("station", "evse_uid", "start", "end")})
    assert taken.status_code == 201
    assert taken.json()["quote"]["total"] == first["quote"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"station": None}, [("station", "invalid")]),
        ({"station": "nonsense"}, [("station", "unknown_station")]),
        ({"station": "6a0c0f4e-6f3f-4d54-9c0d-3a5a4c6f0e11"}, [("station", "unknown_station")]),
        ({"station": "\x00"}, [("station", "invalid")]),
        ({"start": "2026-12-01T08:00:00"}, [("start", "naive_time")]),
        ({"start": "yesterday"}, [("start", "invalid")]),
        ({"start": 5}, [("start", "invalid")]),
        ({"start": "0001-01-01T00:00:00Z"}, [("start", "in_the_past"), ("end", "too_long")]),
        ({"start": "9999-12-31T23:59:59Z"}, [("start", "too_far_ahead"), ("end", "end_before_start")]),
        ({"end": "2026-12-01T07:59:00Z"}, [("end", "end_before_start")]),
        ({"end": "2026-12-01T08:00:00Z"}, [("end", "too_short")]),
        ({"end": "2028-01-22T00:00:00Z"}, [("end", "too_long")]),
        ({"end": "2026-12-01T08:20:00Z"}, [("end", "not_on_increment")]),
        ({"start": "2026-12-01T08:07:00Z"}, [("start", "not_on_increment"), ("end", "not_on_increment")]),
        ({"start": "2026-12-01T07:45:00Z"}, [("start", "in_the_past")]),
        ({"connector": "USB_C"}, [("connector", "connector_incompatible")]),
        ({"connector": 7}, [("connector", "connector_incompatible")]),
        ({"vehicle": "nonsense"}, [("vehicle", "unknown_vehicle")]),
        ({"vehicle": "6a0c0f4e-6f3f-4d54-9c0d-3a5a4c6f0e11"}, [("vehicle", "unknown_vehicle")]),
        ({"evse_uid": "elsewhere"}, [("evse_uid", "invalid")]),
        ({"energy_kwh": "0"}, [("energy_kwh", "out_of_range")]),
        ({"energy_kwh": "-3"}, [("energy_kwh", "out_of_range")]),
        ({"energy_kwh": "1e9"}, [("energy_kwh", "out_of_range")]),
        ({"energy_kwh": "NaN"}, [("energy_kwh", "invalid")]),
        ({"energy_kwh": True}, [("energy_kwh", "invalid")]),
        ({"energy_kwh": []}, [("energy_kwh", "invalid")]),
        ({"note": "'; DROP TABLE bookings_booking; --<b>"}, [("note", "unknown_field")]),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    api: Api, driver: User, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = api(driver).post(URL, {**slot(make_station()), **change})
    assert (answer.status_code, codes(answer)) == (422, expected)
    assert answer.json()["code"] == (expected[0][1] if len(expected) == 1 else "invalid")
    assert not Booking.objects.exists()
    assert not DomainEvent.objects.exists()


def test_missing_fields_are_all_named(api: Api, driver: User) -> None:
    answer = api(driver).post(URL, {})
    assert (answer.status_code, codes(answer)) == (
        422,
        [("station", "required"), ("start", "required"), ("end", "required")],
    )


def test_ten_thousand_hours_are_too_long(api: Api, driver: User) -> None:
    answer = api(driver).post(URL, slot(make_station(), minutes=600_000))
    assert (answer.status_code, codes(answer)) == (422, [("end", "too_long")])


def test_someone_elses_car_is_unknown(api: Api, driver: User, stranger: User) -> None:
    answer = api(driver).post(URL, slot(make_station(), vehicle=str(make_vehicle(stranger).pk)))
    assert (answer.status_code, codes(answer)) == (422, [("vehicle", "unknown_vehicle")])


def test_what_cannot_be_accepted_wins_over_what_is_taken(api: Api, driver: User, stranger: User) -> None:
    station = make_station()
    api(stranger).post(URL, slot(station))
    answer = api(driver).post(URL, slot(station, connector="CHADEMO"))
    assert answer.status_code == 422


def test_the_same_key_and_body_hold_once(api: Api, driver: User) -> None:
    station = make_station(evses=2)
    answers = [api(driver).post(URL, slot(station), headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert (answers[1]["Idempotent-Replay"], Booking.objects.count()) == ("true", 1)


def test_the_same_key_with_another_body_is_refused(api: Api, driver: User) -> None:
    station = make_station(evses=2)
    client = api(driver)
    client.post(URL, slot(station), headers={"Idempotency-Key": "k1"})
    answer = client.post(URL, slot(station, NINE), headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert Booking.objects.count() == 1


def test_the_history_tells_each_step_and_who_made_it(api: Api, driver: User) -> None:
    client = api(driver)
    reference = client.post(URL, slot(make_station())).json()["reference"]
    client.post(f"{URL}/{reference}/confirm")
    assert client.get(f"{URL}/{reference}").json()["history"] == [
        {"at": "2026-12-01T07:50:00Z", "from": None, "to": "HELD", "actor": "driver", "reason": ""},
        {"at": "2026-12-01T07:50:00Z", "from": "HELD", "to": "RESERVED", "actor": "driver", "reason": ""},
    ]


def test_confirming_reserves_and_a_second_time_is_refused(api: Api, driver: User) -> None:
    client = api(driver)
    reference = client.post(URL, slot(make_station())).json()["reference"]
    answer = client.post(f"{URL}/{reference}/confirm", {})
    assert (answer.status_code, answer.json()["status"]) == (200, "RESERVED")
    assert answer.json()["links"].keys() == {"self", "reschedule", "cancel", "start"}
    again = client.post(f"{URL}/{reference}/confirm")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_a_station_that_asks_for_approval_makes_it_pending(api: Api, driver: User) -> None:
    client = api(driver)
    station = make_station(terms={"approval_required": True, "answer_within_minutes": 30})
    reference = client.post(URL, slot(station, NINE)).json()["reference"]
    body = client.post(f"{URL}/{reference}/confirm").json()
    assert (body["status"], body["answer_by"]) == ("PENDING", "2026-12-01T08:20:00Z")


def test_an_expired_hold_cannot_be_confirmed(api: Api, driver: User) -> None:
    client = api(driver)
    reference = client.post(URL, slot(make_station())).json()["reference"]
    with time_machine.travel(EIGHT, tick=False):
        answer = api(driver).post(f"{URL}/{reference}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    assert Booking.objects.get().status == "HELD"


def test_a_hold_to_be_paid_online_waits_for_the_payment(api: Api, driver: User) -> None:
    client = api(driver)
    body = client.post(URL, slot(make_station(terms={"payment": "ONLINE"}))).json()
    assert body["payment"] == {"required": True, "status": "required"}
    here = f"{URL}/{body['reference']}"
    assert body["links"] == {"self": here, "checkout": f"{here}/checkout", "cancel": f"{here}/cancel"}
    answer = client.post(f"{URL}/{body['reference']}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_required")
    assert Booking.objects.get().status == "HELD"


@pytest.mark.parametrize("action", ["", "/confirm", "/cancel", "/reschedule", "/start", "/stop"])
def test_other_peoples_bookings_do_not_exist(
    api: Api, stranger: User, driver: User, station: Station, action: str
) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=NINE)
    client, url = api(stranger), f"{URL}/{booking.reference}{action}"
    times = {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}
    answer = client.post(url, times if action == "/reschedule" else {}) if action else client.get(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    booking.refresh_from_db()
    assert booking.status == "RESERVED"


@pytest.mark.parametrize("reference", ["ZZZZZZZZ", "short", "%00%00%00%00", "'OR'1'='"])
def test_unknown_references_are_not_found(api: Api, driver: User, reference: str) -> None:
    answer = api(driver).get(f"{URL}/{reference}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_list_is_ones_own_newest_start_first_and_filtered(
    api: Api, driver: User, stranger: User, station: Station
) -> None:
    evse: EVSE = station.evses.all()[0]
    early = make_booking(evse, driver, start=EIGHT, status="COMPLETED")
    late = make_booking(evse, driver, start=NINE, now=NOW)
    make_booking(station.evses.all()[1], stranger, start=NINE)

    def listed(query: str = "") -> list[str]:
        return [row["reference"] for row in api(driver).get(f"{URL}{query}").json()["results"]]

    assert listed() == [late.reference, early.reference]
    assert listed("?status=COMPLETED") == [early.reference]
    assert listed("?status=COMPLETED,RESERVED") == [late.reference, early.reference]
    assert listed("?from=2026-12-01T09:00:00Z") == [late.reference]
    assert listed("?to=2026-12-01T09:00:00Z") == [early.reference]
    assert listed("?from=2026-12-02") == []
    assert listed("?from=2026-12-01&to=2026-12-02") == [late.reference, early.reference]
    assert listed("?updated_since=2026-12-01T07:50:00Z") == [late.reference]


def test_days_in_a_list_begin_at_midnight_of_the_site(api: Api, driver: User) -> None:
    auckland = make_station(time_zone="Pacific/Auckland").evses.get()
    booking = make_booking(auckland, driver, start=datetime(2026, 12, 1, 11, tzinfo=UTC))
    client = api(driver)
    on_the_second = client.get(f"{URL}?from=2026-12-02&to=2026-12-03").json()["results"]
    assert [row["reference"] for row in on_the_second] == [booking.reference]
    assert client.get(f"{URL}?from=2026-12-01&to=2026-12-02").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=GONE", ("status", "invalid")),
        ("from=2026-12-01T08:00:00", ("from", "naive_time")),
        ("from=0000-00-00", ("from", "invalid")),
        ("updated_since=2026-12-01", ("updated_since", "invalid")),
        ("page_size=0", ("page_size", "invalid")),
        ("cursor=abc", ("cursor", "invalid")),
    ],
)
def test_bad_filters_are_named(api: Api, driver: User, query: str, expected: tuple[str, str]) -> None:
    answer = api(driver).get(f"{URL}?{query}")
    assert (answer.status_code, codes(answer)) == (422, [expected])


def test_a_list_is_read_page_by_page(api: Api, driver: User, station: Station) -> None:
    made = [
        make_booking(station.evses.all()[0], driver, start=EIGHT + timedelta(hours=n)).reference
        for n in range(3)
    ]
    client = api(driver)
    first = client.get(f"{URL}?page_size=2").json()
    second = client.get(first["next"]).json()
    assert [row["reference"] for row in first["results"] + second["results"]] == made[::-1]
    assert (first["previous"], second["next"]) == (None, None)


def test_reads_carry_an_etag_that_changes_with_the_booking(api: Api, driver: User, station: Station) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=NINE)
    client = api(driver)
    for url in (f"{URL}/{booking.reference}", URL):
        etag = client.get(url)["ETag"]
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
        Booking.objects.filter(pk=booking.pk).update(last_updated=datetime.now(UTC) + timedelta(seconds=1))
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 200
        Booking.objects.filter(pk=booking.pk).update(last_updated=booking.last_updated)


def test_a_rate_limit_guards_holds(api: Api, driver: User, settings: Any) -> None:
    settings.EVB_RATE_LIMITS = {**settings.EVB_RATE_LIMITS, "holds_driver": (1, 60)}
    station = make_station(evses=2)
    assert api(driver).post(URL, slot(station)).status_code == 201
    answer = api(driver).post(URL, slot(station))
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer["Retry-After"]) >= 1
    assert Booking.objects.count() == 1


def test_a_booking_that_names_an_evse_gets_that_one(api: Api, driver: User) -> None:
    station = make_station(evses=1)
    second = make_evse(station)
    assert api(driver).post(URL, slot(station, evse_uid=second.uid)).json()["evse_uid"] == second.uid
