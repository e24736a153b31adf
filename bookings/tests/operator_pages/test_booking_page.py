"""One booking as its staff sees it."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import ROOT, START, act, client_of, text
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE
from tests.factories import make_booking

pytestmark = pytest.mark.django_db


def test_it_says_what_was_booked_and_when_the_driver_may_come(desk: Client, booking: Booking) -> None:
    page = text(desk.get(f"{ROOT}{booking.reference}/"))
    for words in (
        "Booking of Dana D.",
        "09:00–10:00",
        "11 kWh at 11 kW",
        "Volkswagen ID.3",
        "between 08:50 and 09:15",
        "5.50 EUR",
    ):
        assert words in page


def test_the_history_says_who_did_what(desk: Client, pending: Booking) -> None:
    act(desk, pending, "reject", reason="Flooded")
    history = text(desk.get(f"{ROOT}{pending.reference}/")).split("<h2>History</h2>")[1]
    assert "Rejected" in history
    assert "Flooded" in history
    assert "Tue 1 Dec 08:00, Stina S." in history


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (S.HELD, []),
        (S.PENDING, ["approve", "reject"]),
        (S.RESERVED, ["cancel"]),
        (S.FULFILLED, ["stop"]),
        (S.COMPLETED, []),
        (S.CANCELED, []),
        (S.NO_SHOW, []),
    ],
)
def test_only_what_is_possible_is_offered(
    desk: Client, booking: Booking, status: S, names: list[str]
) -> None:
    Booking.objects.update(status=status, hold_expires_at=START, answer_by=START)
    page = text(desk.get(f"{ROOT}{booking.reference}/"))
    every = ("approve", "reject", "check-in", "stop", "no-show", "cancel")
    assert [name for name in every if f"{ROOT}{booking.reference}/{name}/" in page] == names


def test_a_charge_point_out_of_service_is_said(desk: Client, booking: Booking) -> None:
    EVSE.objects.update(inhibits=["weather"])
    assert "The charge point is out of service" in text(desk.get(f"{ROOT}{booking.reference}/"))


def test_only_the_operators_people_see_it(desk: Client, rival: User, booking: Booking) -> None:
    url = f"{ROOT}{booking.reference}/"
    assert Client().get(url)["Location"].startswith("/accounts/login/")
    assert [client_of(user).get(url).status_code for user in (rival, booking.driver)] == [404, 404]
    assert desk.get(url).status_code == 200


@pytest.mark.parametrize("reference", ["ZZZZZZZZ", "short", "\x00", "'; DROP TABLE", "abcdefgh"])
def test_what_is_no_reference_is_not_found(desk: Client, station: object, reference: str) -> None:
    assert desk.get(f"{ROOT}{quote(reference)}/").status_code == 404


def test_a_replacement_that_only_keeps_a_slot_has_no_page_and_no_row(desk: Client, booking: Booking) -> None:
    start = START + timedelta(hours=2)
    make_booking(booking.evse, booking.driver, start=start, status=S.HELD, reference=None, replaces=booking)
    page = text(desk.get(ROOT))
    assert "11:00–12:00" not in page
    assert "None/" not in page
