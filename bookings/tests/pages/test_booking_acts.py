"""The buttons of a booking, pressed without scripts: confirm, let go, arrive, leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, form_of, text_of
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db


def make(station: Station, driver: User, status: str, **fields: Any) -> Booking:
    return make_booking(station.evses.all()[0], driver, start=NINE, status=status, now=NOW, **fields)


def page(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/"


def status_of(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def press(browse: Browse, driver: User, booking: Booking, act: str) -> str:
    """Press the button of the booking's page; what the page then says."""
    client = browse(driver)
    address = f"{page(booking)}{act}/"
    form = form_of(client.get(page(booking)), address)
    return text_of(client.post(address, form["fields"], follow=True))


def test_confirming_reserves(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "HELD")
    assert "Your slot is reserved." in press(browse, driver, booking, "confirm")
    assert status_of(booking) == "RESERVED"


def test_confirming_where_the_operator_answers_sends_the_wish(browse: Browse, driver: User) -> None:
    booking = make(make_station(terms={"approval_required": True}), driver, "HELD")
    assert "Your wish is with the operator." in press(browse, driver, booking, "confirm")
    assert status_of(booking) == "PENDING"


def test_confirming_too_late_says_so_and_changes_nothing(
    browse: Browse, driver: User, station: Station
) -> None:
    booking = make(station, driver, "HELD")
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        answer = browse(driver).post(f"{page(booking)}confirm/", follow=True)
    assert "The ten minutes are over and the slot is free for others again." in text_of(answer)
    assert status_of(booking) == "HELD"


@pytest.mark.parametrize(
    ("payment", "title", "link"),
    [
        ("required", "Pay, and the slot is yours", "Pay and book"),
        ("failed", "Pay, and the slot is yours", "Pay and book"),
        ("processing", "Your payment is under way", "To the payment"),
    ],
)
def test_what_is_paid_online_is_paid_and_not_confirmed(
    browse: Browse, driver: User, payment: str, title: str, link: str
) -> None:
    booking = make(make_station(terms={"payment": "ONLINE"}), driver, "HELD", payment_status=payment)
    shown = browse(driver).get(page(booking))
    assert title in text_of(shown)
    assert link in text_of(shown)
    assert "Confirm booking" not in text_of(shown)
    assert f'href="{reverse("payments:checkout", args=[booking.reference])}"' in shown.content.decode()
    said = text_of(browse(driver).post(f"{page(booking)}confirm/", follow=True))
    assert "This booking is paid online. Pay, and the slot is yours." in said
    assert status_of(booking) == "HELD"


def test_confirming_twice_says_what_it_is_now(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    answer = browse(driver).post(f"{page(booking)}confirm/", follow=True)
    assert "The booking is reserved." in text_of(answer)
    assert booking.transitions.count() == 0


def test_letting_a_hold_go_frees_it(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "HELD")
    assert "Your booking is canceled." in press(browse, driver, booking, "cancel")
    assert status_of(booking) == "CANCELED"


def test_plugged_in_within_the_window(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    with time_machine.travel(NINE, tick=False):
        assert "You have arrived." in press(browse, driver, booking, "start")
    booking.refresh_from_db()
    assert (booking.status, booking.arrived_at) == ("FULFILLED", NINE)


def test_the_page_behind_the_code_asks_first(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    with time_machine.travel(NINE, tick=False):
        text = text_of(browse(driver).get(f"{page(booking)}start/"))
    assert "Have you plugged in?" in text
    assert "I have plugged in" in text
    assert status_of(booking) == "RESERVED"


@pytest.mark.parametrize("minutes", [-11, 16])
def test_plugged_in_outside_the_window_says_when(
    browse: Browse, driver: User, station: Station, minutes: int
) -> None:
    booking = make(station, driver, "RESERVED")
    with time_machine.travel(NINE + timedelta(minutes=minutes), tick=False):
        answer = browse(driver).post(f"{page(booking)}start/")
    assert answer.status_code == 409
    assert "You can plug in only around the start of your slot." in text_of(answer)
    assert "09:50–10:15" in text_of(answer)
    assert status_of(booking) == "RESERVED"


def test_plugging_in_twice_says_what_it_is_now(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "FULFILLED")
    client = browse(driver)
    assert "See the booking" in text_of(client.get(f"{page(booking)}start/"))
    assert "The booking is charging." in text_of(client.post(f"{page(booking)}start/", follow=True))
    assert status_of(booking) == "FULFILLED"


def test_leaving_completes(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "FULFILLED")
    assert "The rest of your slot is free for others." in press(browse, driver, booking, "stop")
    assert status_of(booking) == "COMPLETED"


def test_leaving_before_arriving_says_so(browse: Browse, driver: User, station: Station) -> None:
    booking = make(station, driver, "RESERVED")
    answer = browse(driver).post(f"{page(booking)}stop/", follow=True)
    assert "The booking is reserved." in text_of(answer)
    assert status_of(booking) == "RESERVED"


@pytest.mark.parametrize("act", ["confirm", "stop"])
def test_opening_a_buttons_address_does_nothing(
    browse: Browse, driver: User, station: Station, act: str
) -> None:
    booking = make(station, driver, "HELD" if act == "confirm" else "FULFILLED")
    before = booking.status
    answer = browse(driver).get(f"{page(booking)}{act}/")
    assert (answer.status_code, answer["Location"]) == (302, page(booking))
    assert status_of(booking) == before


def test_a_form_from_elsewhere_is_refused(driver: User, station: Station) -> None:
    booking = make(station, driver, "HELD")
    client = Client(enforce_csrf_checks=True)
    client.force_login(driver)
    assert client.post(f"{page(booking)}confirm/").status_code == 403
    assert status_of(booking) == "HELD"
