"""Moving a booking: the picker, the new price beside the old one, the move, and what refuses it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, form_of, text_of
from stations.models import Station
from tests.factories import make_booking, make_evse, make_station, make_tariff

pytestmark = pytest.mark.django_db

NOON = NINE + timedelta(hours=2)


@pytest.fixture
def booking(driver: User) -> Booking:
    return make_booking(make_station().evses.get(), driver, start=NINE, now=NOW)


def address(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/reschedule/"


def chosen(booking: Booking, start: datetime = NOON, minutes: int = 60) -> dict[str, str]:
    slot = f"{start.isoformat()} {booking.connector} {booking.evse.uid}"
    return {"slot": slot, "minutes": str(minutes)}


def unmoved(booking: Booking) -> bool:
    found = Booking.objects.get(pk=booking.pk)
    return (found.start, found.end, found.total_amount) == (booking.start, booking.end, booking.total_amount)


def test_the_picker_begins_at_the_bookings_day_and_its_own_time_is_free(
    browse: Browse, driver: User, booking: Booking
) -> None:
    Booking.objects.update(start=NINE + timedelta(days=2), end=NINE + timedelta(days=2, hours=1),
                           blocked_until=NINE + timedelta(days=2, hours=1))  # fmt: skip
    answer = browse(driver).get(address(booking))
    picking = answer.context["picking"]
    assert (answer.status_code, str(picking.day), picking.minutes) == (200, "2026-12-03", 60)
    assert "10:00" in [slot.time for slot in picking.grid.slots]


def test_the_new_price_stands_beside_the_old_one_before_anything_moves(
    browse: Browse, driver: User, booking: Booking
) -> None:
    text = text_of(browse(driver).get(address(booking), chosen(booking, NOON, 120)))
    assert "Tue 1 Dec 12:00–14:00 Berlin time" in text
    assert "Before Tue 1 Dec, 10:00–11:00, 5.50 EUR" in text
    assert "Total 11.00 EUR" in text
    assert "5.50 EUR more than before." in text
    assert unmoved(booking)


@pytest.fixture
def online(driver: User) -> Booking:
    return make_booking(make_station(terms={"payment": "ONLINE"}).evses.get(), driver, start=NINE, now=NOW)


def test_a_dearer_slot_paid_online_is_kept_and_its_difference_paid_first(
    browse: Browse, driver: User, online: Booking
) -> None:
    client = browse(driver)
    shown = client.get(address(online), chosen(online, NOON, 120))
    assert "Pay 5.50 EUR and move" in text_of(shown)
    assert "Your slot stays yours until the payment is through." in text_of(shown)
    answer = client.post(address(online), form_of(shown, address(online))["fields"])
    assert answer["Location"] == reverse("payments:checkout", args=[online.reference])
    assert unmoved(online)
    page = text_of(client.get(f"/bookings/{online.reference}/"))
    assert "You are about to move To Tue 1 Dec, 12:00–14:00 for 11.00 EUR." in page
    assert "Pay and move" in page


def test_a_cheaper_slot_paid_online_is_moved_to_at_once(
    browse: Browse, driver: User, online: Booking
) -> None:
    Booking.objects.update(payment_status="authorised", secured_amount=Decimal("6.60"))
    client = browse(driver)
    shown = client.get(address(online), chosen(online, NOON, 30))
    assert "Move booking" in text_of(shown)
    words = "2.75 EUR less than before. What your card gave beyond it comes back after charging."
    assert words in text_of(shown)
    answer = client.post(address(online), form_of(shown, address(online))["fields"], follow=True)
    assert "Your booking is moved." in text_of(answer)
    assert "You are about to move" not in text_of(answer)
    assert Booking.objects.get().start == NOON


@pytest.mark.parametrize(
    ("minutes", "words"), [(60, "The price stays the same."), (30, "2.75 EUR less than before.")]
)
def test_the_difference_is_said_in_words(
    browse: Browse, driver: User, booking: Booking, minutes: int, words: str
) -> None:
    assert words in text_of(browse(driver).get(address(booking), chosen(booking, NOON, minutes)))


def test_the_page_sent_back_as_it_stands_moves_the_booking(
    browse: Browse, driver: User, booking: Booking
) -> None:
    client = browse(driver)
    picker = form_of(client.get(address(booking)), address(booking))
    shown = client.get(address(booking), {**picker["fields"], "slot": chosen(booking)["slot"]})
    answer = client.post(address(booking), form_of(shown, address(booking))["fields"], follow=True)
    assert "Your booking is moved." in text_of(answer)
    found = Booking.objects.get()
    assert (found.pk, found.start, found.end, found.status) == (
        booking.pk,
        NOON,
        NOON + timedelta(hours=1),
        "RESERVED",
    )


def test_the_price_is_that_of_the_tariff_first_accepted(
    browse: Browse, driver: User, booking: Booking
) -> None:
    station = booking.station
    dear = {
        "currency": "EUR",
        "tax_included": "YES",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 9, "step_size": 1}]}],
    }
    station.tariff = make_tariff(station.operator, dear)
    station.save()
    client = browse(driver)
    assert "The price stays the same." in text_of(client.get(address(booking), chosen(booking)))
    client.post(address(booking), chosen(booking))
    assert Booking.objects.get().total_amount == Decimal("5.50")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_slot_taken_meanwhile_is_said_above_the_picker(
    browse: Browse, driver: User, stranger: User, booking: Booking, method: str
) -> None:
    make_booking(booking.evse, stranger, start=NOON)
    answer = getattr(browse(driver), method)(address(booking), chosen(booking))
    assert answer.status_code == 409
    assert "Someone took this slot a moment ago." in text_of(answer)
    assert answer.context["picking"].grid.slots
    assert unmoved(booking)


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_the_rules_forbid_is_said_above_the_picker(
    browse: Browse, driver: User, booking: Booking, method: str
) -> None:
    answer = getattr(browse(driver), method)(address(booking), chosen(booking, NOW - timedelta(hours=1)))
    assert answer.status_code == 422
    assert "This start has passed. Choose a later one." in text_of(answer)
    assert unmoved(booking)


def test_another_charge_point_of_the_station_may_be_chosen(
    browse: Browse, driver: User, booking: Booking
) -> None:
    other = make_evse(booking.station)
    asked = {"slot": f"{NINE.isoformat()} IEC_62196_T2 {other.uid}", "minutes": "60"}
    browse(driver).post(address(booking), asked)
    assert Booking.objects.get().evse == other


@pytest.mark.parametrize("method", ["get", "post"])
def test_too_late_leads_back_and_says_why(
    browse: Browse, driver: User, booking: Booking, method: str
) -> None:
    with time_machine.travel(NINE - timedelta(minutes=29), tick=False):
        answer = getattr(browse(driver), method)(address(booking), chosen(booking), follow=True)
    assert "It is too late to move this booking" in text_of(answer)
    assert unmoved(booking)


@pytest.mark.parametrize("status", ["HELD", "FULFILLED", "COMPLETED", "CANCELED"])
def test_only_what_is_ahead_can_be_moved(browse: Browse, driver: User, station: Station, status: str) -> None:
    one = make_booking(station.evses.all()[0], driver, start=NINE, status=status, now=NOW)
    answer = browse(driver).post(address(one), chosen(one), follow=True)
    assert "The booking is " in text_of(answer)
    assert unmoved(one)


def test_nonsense_shows_the_picker(browse: Browse, driver: User, booking: Booking) -> None:
    answer = browse(driver).post(address(booking), {"slot": "tomorrow", "minutes": "many"})
    assert answer.status_code == 200
    assert unmoved(booking)
