"""Canceling and rescheduling through the API, and the table's own guard."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from bookings.tests.trace import nothing_was_written
from evbooking.core.ocpi import ReservationStatus as S
from tests.factories import make_booking, make_station

NOW = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _half_past_seven() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(driver: User) -> Booking:
    return make_booking(make_station(terms={"late_cancel_share": 50}).evses.get(), driver, start=START)


def url(booking: Booking, action: str) -> str:
    return f"/api/v1/bookings/{booking.reference}/{action}"


def test_a_preview_tells_the_fee_and_changes_nothing(api: Api, driver: User, booking: Booking) -> None:
    answer = api(driver).post(url(booking, "cancel") + "?preview=true")
    assert answer.status_code == 200
    assert answer.json() == {
        "reference": booking.reference,
        "status": "RESERVED",
        "fee": {"amount": "2.75", "currency": "EUR"},
        "refund": None,
    }
    assert Booking.objects.get().status == S.RESERVED
    assert nothing_was_written()


def test_canceling_answers_what_it_cost(api: Api, driver: User, booking: Booking) -> None:
    answer = api(driver).post(url(booking, "cancel"), {"reason": "BROKEN_VEHICLE"})
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELED")
    assert answer.json()["fee"] == {"amount": "2.75", "currency": "EUR"}
    assert Booking.objects.get().canceled_reason == "BROKEN_VEHICLE"


@pytest.mark.parametrize("reason", ["POWER_OUTAGE", "<script>", "", 5, ["TRAFFIC"]])
def test_a_drivers_reason_is_one_of_the_drivers(
    api: Api, driver: User, booking: Booking, reason: Any
) -> None:
    answer = api(driver).post(url(booking, "cancel"), {"reason": reason})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert nothing_was_written()


def test_too_late_to_cancel_is_said_so(api: Api, driver: User, booking: Booking) -> None:
    Booking.objects.update(terms={**booking.terms, "late_cancel_allowed": False})
    for query in ("", "?preview=true"):
        answer = api(driver).post(url(booking, "cancel") + query)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late_to_cancel")
    assert nothing_was_written()


def test_rescheduling_answers_the_booking_under_its_old_names(
    api: Api, driver: User, booking: Booking
) -> None:
    times = {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T12:00:00Z"}
    answer = api(driver).post(url(booking, "reschedule"), times)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["reference"], body["request_id"]) == (booking.reference, str(booking.request_id))
    assert (body["start"], body["end"]) == (times["start"], times["end"])
    assert body["quote"]["total"] == {"amount": "11.00", "currency": "EUR"}


def test_a_dearer_time_of_a_booking_paid_online_is_kept_until_the_difference_is_paid(
    api: Api, driver: User
) -> None:
    booking = make_booking(make_station(terms={"payment": "ONLINE"}).evses.get(), driver, start=START)
    times = {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T12:00:00Z"}
    answer = api(driver).post(url(booking, "reschedule"), times)
    assert (answer.status_code, answer.json()) == (
        202,
        {
            "status": "payment_required",
            "replacement": {
                "hold_expires_at": "2026-12-01T07:40:00Z",
                **times,
                "evse_uid": booking.evse.uid,
            },
            "difference": {"amount": "5.50", "currency": "EUR"},
        },
    )
    body = api(driver).get(f"/api/v1/bookings/{booking.reference}").json()
    assert (body["start"], body["quote"]["total"]["amount"]) == ("2026-12-01T08:00:00Z", "5.50")
    assert [row["reference"] for row in api(driver).get("/api/v1/bookings").json()["results"]] == [
        booking.reference
    ]


@pytest.mark.parametrize(
    ("times", "status", "code"),
    [
        ({"start": "2026-12-01T09:00:00Z"}, 422, "required"),
        ({"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T08:00:00Z"}, 422, "end_before_start"),
        ({"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z", "evse_uid": "x"}, 422, "invalid"),
        ({"start": "2026-12-01T06:00:00Z", "end": "2026-12-01T07:00:00Z"}, 422, "in_the_past"),
        ({"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z", "price": 0}, 422, "unknown_field"),
        ({"start": "2026-12-01T12:00:00Z", "end": "2026-12-01T13:00:00Z"}, 409, "slot_taken"),
    ],
)
def test_a_refused_change_changes_nothing(
    api: Api, driver: User, stranger: User, booking: Booking, times: dict[str, Any], status: int, code: str
) -> None:
    make_booking(booking.evse, stranger, start=START + timedelta(hours=4))
    answer = api(driver).post(url(booking, "reschedule"), times)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Booking.objects.get(pk=booking.pk).start == START
    assert nothing_was_written()


def test_too_late_to_change_is_said_so(api: Api, driver: User, booking: Booking) -> None:
    times = {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        answer = api(driver).post(url(booking, "reschedule"), times)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late_to_change")
    assert nothing_was_written()


def test_the_table_itself_refuses_what_no_service_was_asked_about(booking: Booking, stranger: User) -> None:
    with pytest.raises(IntegrityError, match="booking_no_overlap"), transaction.atomic():
        make_booking(booking.evse, stranger, start=START + timedelta(minutes=59))
    later = make_booking(booking.evse, stranger, start=START + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="booking_no_overlap"), transaction.atomic():
        Booking.objects.filter(pk=later.pk).update(start=START)
    with pytest.raises(IntegrityError, match="booking_start_before_end"), transaction.atomic():
        Booking.objects.filter(pk=later.pk).update(end=START)
    with pytest.raises(IntegrityError, match="booking_held_has_an_end"), transaction.atomic():
        Booking.objects.filter(pk=later.pk).update(status=S.HELD)
