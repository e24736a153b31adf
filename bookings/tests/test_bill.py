"""What a visit is billed, through the doors of drivers, staff and the clock; and what is shown of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from bookings.services.clock import complete_ended, mark_no_shows
from charging.errors import AlreadyBilled
from charging.models import CDR, Session
from charging.services.bills import credit_cdr
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking
from tests.sessions import signed_in_session

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    station.terms.noshow_fee_amount = Decimal(4)
    station.terms.save()
    return make_booking(station.evses.all()[0], driver, start=START)


def act(api: Api, booking: Booking, action: str, at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        url = f"/api/v1/bookings/{booking.reference}/{action}"
        return int(api(booking.driver).post(url).status_code)


def read(api: Api, booking: Booking) -> dict[str, Any]:
    body: dict[str, Any] = api(booking.driver).get(f"/api/v1/bookings/{booking.reference}").json()
    return body


def page(user: User, path: str) -> str:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_session(user)
    return str(client.get(path).content.decode())


def test_whoever_leaves_early_pays_for_what_the_time_gave(api: Api, booking: Booking) -> None:
    assert act(api, booking, "start", START) == 200
    running = read(api, booking)
    assert (running["session"], running["bill"]) == (str(Session.objects.get().pk), None)
    assert act(api, booking, "stop", START + 30 * MINUTE) == 200
    body = read(api, booking)
    assert body["session"] == running["session"]
    assert body["bill"]["total"] == {"amount": "2.75", "currency": "EUR"}
    assert body["bill"]["cdr"]["remark"] == "estimated, no meter"
    types = DomainEvent.objects.exclude(type__startswith="evse.").order_by("id")
    assert list(types.values_list("type", flat=True)) == [
        "booking.fulfilled",
        "session.started",
        "booking.completed",
        "session.completed",
        "cdr.issued",
    ]


def test_whoever_stays_to_the_end_pays_what_was_quoted_however_late_the_clock(
    api: Api, booking: Booking
) -> None:
    act(api, booking, "start", START)
    assert complete_ended(START + 5 * 60 * MINUTE) == 1
    assert (Session.objects.get().end, CDR.objects.get().total_after_taxes) == (
        booking.end,
        booking.total_amount,
    )


def test_a_button_pressed_after_the_end_bills_no_more(api: Api, booking: Booking) -> None:
    act(api, booking, "start", START)
    act(api, booking, "stop", booking.end + 3 * MINUTE)
    assert Session.objects.get().end == booking.end


def test_a_booking_that_began_before_there_were_sessions_is_billed_from_its_arrival(
    booking: Booking,
) -> None:
    Booking.objects.update(status=S.FULFILLED, arrived_at=START + 6 * MINUTE)
    assert complete_ended(booking.end) == 1
    assert (Session.objects.get().start, CDR.objects.get().kwh) == (START + 6 * MINUTE, Decimal("9.9"))


def test_a_no_show_is_billed_until_the_arrival_window_closed_with_the_fee(api: Api, booking: Booking) -> None:
    assert mark_no_shows(START + 3 * 60 * MINUTE) == 1
    cdr = CDR.objects.get()
    assert (cdr.start, cdr.end) == (START, START + 15 * MINUTE)
    body = read(api, booking)
    assert (body["session"], body["bill"]["total"]["amount"]) == (None, "4.00")
    assert [line["dimension"] for line in body["bill"]["lines"]] == ["NO_SHOW_FEE"]


def test_what_cannot_be_billed_does_not_happen(booking: Booking) -> None:
    mark_no_shows(START + 60 * MINUTE)
    Booking.objects.update(status=S.RESERVED)
    with pytest.raises(AlreadyBilled):
        mark_no_shows(START + 60 * MINUTE)
    booking.refresh_from_db()
    assert (booking.status, CDR.objects.count()) == (S.RESERVED, 1)


def test_a_canceled_booking_has_no_bill(api: Api, booking: Booking) -> None:
    assert act(api, booking, "cancel", START - 3 * 60 * MINUTE) == 200
    body = read(api, booking)
    assert (body["session"], body["bill"], CDR.objects.count()) == (None, None, 0)


def test_the_answer_about_a_booking_changes_when_its_bill_is_taken_back(api: Api, booking: Booking) -> None:
    act(api, booking, "start", START)
    act(api, booking, "stop", START + 30 * MINUTE)
    url = f"/api/v1/bookings/{booking.reference}"
    etag = api(booking.driver).get(url)["ETag"]
    assert api(booking.driver).get(url, headers={"If-None-Match": etag}).status_code == 304
    credit_cdr(CDR.objects.get(), reason="wrong", actor=None, now=START + 60 * MINUTE)
    changed = api(booking.driver).get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["bill"]) == (200, None)


def test_the_pages_of_driver_and_staff_show_the_bill(api: Api, booking: Booking, staff: User) -> None:
    paths = {
        booking.driver: f"/bookings/{booking.reference}/",
        staff: f"/operator/bookings/{booking.reference}/",
    }
    assert all('id="bill-title"' not in page(user, path) for user, path in paths.items())
    act(api, booking, "start", START)
    act(api, booking, "stop", START + 30 * MINUTE)
    for user, path in paths.items():
        shown = page(user, path)
        assert '<h2 id="bill-title">Bill</h2>' in shown
        assert "2.75 EUR" in shown
        assert "19 % VAT on 2.31 EUR" in shown
        assert "Estimated, no meter" in shown


def test_a_no_shows_page_shows_the_fee_as_a_bill(booking: Booking) -> None:
    mark_no_shows(START + 60 * MINUTE)
    shown = page(booking.driver, f"/bookings/{booking.reference}/")
    assert '<h2 id="bill-title">Bill</h2>' in shown
    assert "No-show fee of the booking terms" in shown


@pytest.mark.parametrize(
    "day", [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
)
def test_an_hour_over_a_change_of_the_clocks_is_an_hour(
    api: Api, driver: User, station: Station, day: datetime
) -> None:
    booking = make_booking(station.evses.all()[0], driver, start=day)
    act(api, booking, "start", day)
    assert complete_ended(booking.end) == 1
    assert (CDR.objects.get().kwh, CDR.objects.get().total_after_taxes) == (Decimal(11), Decimal("5.50"))
