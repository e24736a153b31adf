"""Booking a slot: what is shown before the commitment, the hold, and every way it can be refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from bookings.tests.pages.conftest import NINE, NOW, Browse, form_of, text_of
from evbooking.core.models import DomainEvent
from stations.models import Closure, Station
from tests.factories import ENERGY_TARIFF, make_booking, make_evse, make_station, make_tariff, make_vehicle

pytestmark = pytest.mark.django_db


def address(station: Station) -> str:
    return f"/stations/{station.slug}/book/"


def chosen(station: Station, start: datetime = NINE, minutes: int = 60, **more: Any) -> dict[str, Any]:
    uid = station.evses.order_by("uid").first().uid
    return {"slot": f"{start.isoformat()} IEC_62196_T2 {uid}", "minutes": minutes, "vehicle": "", **more}


def test_everything_stands_before_the_commitment(browse: Browse, driver: User) -> None:
    station = make_station(
        name="Markt", terms={"late_cancel_share": 50, "noshow_fee_amount": Decimal(3), "noshow_timeout": 20}
    )
    car = make_vehicle(driver)
    answer = browse(driver).get(address(station), chosen(station, vehicle=str(car.pk)))
    assert answer.status_code == 200
    text = text_of(answer)
    for words in (
        "Markt Jungfernstieg 1,",
        "Tue 1 Dec 10:00–11:00 Berlin time",
        "Type 2, 11 kW",
        "1 h, about 11 kWh",
        "Volkswagen ID.3",
        "11 kWh × 0.50 EUR/kWh",
        "Total 5.50 EUR",
        "You pay at the charger, not now.",
        "Cancel free of charge until Tue 1 Dec 09:00; after that canceling costs 2.75 EUR.",
        "Plug in between 09:50 and 10:20.",
        "If you do not come, the slot is given away and costs 3.00 EUR.",
        "Hold this slot",
    ):
        assert words in text
    assert not Booking.objects.exists()


def test_the_page_sent_back_as_it_stands_holds_the_slot(browse: Browse, driver: User) -> None:
    station = make_station(evses=2)
    car = make_vehicle(driver)
    client = browse(driver)
    shown = client.get(address(station), chosen(station, vehicle=str(car.pk)))
    fields = form_of(shown, address(station))["fields"]
    answer = client.post(address(station), fields)
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/bookings/{booking.reference}/")
    assert (booking.driver, booking.vehicle, booking.status) == (driver, car, "HELD")
    assert (booking.start, booking.end, booking.total_amount) == (
        NINE,
        NINE + timedelta(hours=1),
        Decimal("5.50"),
    )
    assert booking.evse.uid == fields["slot"].split()[-1]


def test_a_slot_of_the_station_page_leads_here(browse: Browse, driver: User) -> None:
    station = make_station()
    client = browse(driver)
    picker = form_of(client.get(f"/stations/{station.slug}/"), address(station))
    name, value = picker["buttons"][0]
    assert client.get(address(station), {**picker["fields"], name: value}).status_code == 200


def test_nobody_is_asked_to_sign_in_and_comes_back_to_the_slot(browse: Browse) -> None:
    station = make_station()
    answer = browse(None).get(address(station), {"slot": "x", "minutes": "60"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address(station)}%3Fslot%3Dx%26minutes%3D60"
    assert browse(None).post(address(station), chosen(station)).status_code == 302
    assert not Booking.objects.exists()


def test_the_button_pressed_twice_finds_the_first_hold(browse: Browse, driver: User) -> None:
    station = make_station()
    answers = [browse(driver).post(address(station), chosen(station)) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.count() == 1


def test_a_slot_paid_online_leads_to_its_payment_however_often_it_is_held(
    browse: Browse, driver: User
) -> None:
    station = make_station(terms={"payment": "ONLINE"})
    shown = browse(driver).get(address(station), chosen(station))
    assert "You pay online: 6.60 EUR is authorised on your card before the start" in text_of(shown)
    assert "You then have ten minutes to pay." in text_of(shown)
    answers = [browse(driver).post(address(station), chosen(station)) for _ in range(2)]
    booking = Booking.objects.get()
    assert (booking.status, booking.payment_status) == ("HELD", "required")
    assert {answer["Location"] for answer in answers} == {
        reverse("payments:checkout", args=[booking.reference])
    }


def test_what_not_coming_costs_by_terms_and_tariff_is_said_before(browse: Browse, driver: User) -> None:
    station = make_station(terms={"noshow_fee_amount": Decimal(3)})
    missed = {
        "price_components": [{"type": "FLAT", "price": 4, "step_size": 1}],
        "restrictions": {"reservation": "RESERVATION_EXPIRES"},
    }
    document = {**ENERGY_TARIFF, "elements": [missed, *ENERGY_TARIFF["elements"]]}
    station.tariff = make_tariff(station.operator, document)
    station.save()
    text = text_of(browse(driver).get(address(station), chosen(station)))
    assert "If you do not come, the slot is given away and costs 7.00 EUR." in text
    assert "From the start on it costs 3.00 EUR." in text


def test_a_slot_that_costs_nothing_is_reserved_at_once(browse: Browse, driver: User) -> None:
    station = make_station()
    free = {
        "currency": "EUR",
        "tax_included": "YES",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0, "step_size": 1}]}],
    }
    station.tariff = make_tariff(station.operator, free)
    station.save()
    browse(driver).post(address(station), chosen(station))
    assert Booking.objects.get().status == "RESERVED"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_slot_taken_meanwhile_offers_the_nearest(
    browse: Browse, driver: User, stranger: User, method: str
) -> None:
    station = make_station(name="Markt")
    make_booking(station.evses.get(), stranger, start=NINE)
    client = browse(driver)
    answer = getattr(client, method)(address(station), chosen(station))
    assert answer.status_code == 409
    text = text_of(answer)
    assert "Someone took this slot a moment ago. These are the nearest:" in text
    assert "Tue 1 Dec 09:00–10:00 Markt 5.50 EUR" in text
    assert not Booking.objects.filter(driver=driver).exists()
    other = form_of(answer, address(station))
    name, value = other["buttons"][0]
    preview = client.get(address(station), {**other["fields"], name: value})
    assert preview.status_code == 200
    assert client.post(address(station), form_of(preview, address(station))["fields"]).status_code == 302


def test_another_free_charge_point_at_the_same_time_is_the_first_alternative(
    browse: Browse, driver: User, stranger: User
) -> None:
    station = make_station(evses=2)
    asked = chosen(station)
    make_booking(station.evses.get(uid=asked["slot"].split()[-1]), stranger, start=NINE)
    answer = browse(driver).post(address(station), asked)
    assert (answer.status_code, answer.context["others"][0].time) == (409, "10:00–11:00")


@pytest.mark.parametrize(
    ("start", "minutes", "words"),
    [
        (NOW - timedelta(hours=2, minutes=50), 60, "This start has passed. Choose a later one."),
        (NINE + timedelta(days=60), 60, "This day cannot be booked yet. Choose an earlier one."),
        (NINE + timedelta(minutes=7), 60, "Starts are every 15 minutes of the site's clock."),
        (NINE, 5, "A booking lasts at least 15 minutes."),
        (NINE, 2880, "A booking lasts at most 480 minutes."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_the_rules_forbid_is_said_and_changes_nothing(
    browse: Browse, driver: User, method: str, start: datetime, minutes: int, words: str
) -> None:
    station = make_station()
    answer = getattr(browse(driver), method)(address(station), chosen(station, start, minutes))
    assert (answer.status_code, Booking.objects.count(), DomainEvent.objects.count()) == (422, 0, 0)
    assert words in text_of(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_closure_made_meanwhile_is_said(browse: Browse, driver: User, method: str) -> None:
    station = make_station()
    asked = chosen(station)
    Closure.objects.create(station=station, start=NOW, end=NINE + timedelta(hours=9), reason="Maintenance")
    answer = getattr(browse(driver), method)(address(station), asked)
    assert (answer.status_code, Booking.objects.count()) == (422, 0)
    assert "The station is closed during a part of this time." in text_of(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_charge_point_that_went_is_said(browse: Browse, driver: User, method: str) -> None:
    station = make_station(evses=2)
    asked = chosen(station)
    station.evses.filter(uid=asked["slot"].split()[-1]).update(removed_at=NOW)
    answer = getattr(browse(driver), method)(address(station), asked)
    assert (answer.status_code, Booking.objects.count()) == (422, 0)
    assert "This charge point is out of service then." in text_of(answer)


def test_a_charge_point_of_another_station_is_none_of_this_one(browse: Browse, driver: User) -> None:
    station, other = make_station(), make_station()
    asked = {**chosen(other)}
    assert browse(driver).post(address(station), asked).status_code == 422
    assert not Booking.objects.exists()


def test_a_driver_with_too_many_bookings_is_told(browse: Browse, driver: User) -> None:
    station = make_station(evses=2, terms={"max_open_bookings_per_driver": 1})
    make_booking(station.evses.all()[1], driver, start=NINE + timedelta(hours=5))
    answer = browse(driver).post(address(station), chosen(station))
    assert (answer.status_code, Booking.objects.count()) == (422, 1)
    assert "You may have at most 1 open bookings at this station." in text_of(answer)


def test_a_car_that_does_not_fit_is_told(browse: Browse, driver: User) -> None:
    station = make_station()
    car = make_vehicle(driver, connectors=["CHADEMO"])
    answer = browse(driver).get(address(station), chosen(station, vehicle=str(car.pk)))
    assert answer.status_code == 422
    assert "No connector of this charge point fits your car." in text_of(answer)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"slot": "nonsense", "minutes": "60"},
        {"slot": "2026-12-01T09:00:00 IEC_62196_T2 EVSE1", "minutes": "60"},
        {"slot": "9999-12-31T23:59:59Z - EVSE1", "minutes": "2880"},
        {"slot": "0001-01-01T00:00:00+14:00 - EVSE1", "minutes": "60"},
        {"slot": "2026-12-01T09:00:00Z - EVSE1", "minutes": "600000"},
        {"slot": "2026-12-01T09:00:00Z - EVSE1", "minutes": "-60"},
        {"slot": "\x00", "minutes": "\x00"},
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_slot_leads_back_to_the_station(
    browse: Browse, driver: User, method: str, asked: dict[str, str]
) -> None:
    station = make_station()
    answer = getattr(browse(driver), method)(address(station), asked)
    assert (answer.status_code, answer["Location"]) == (302, f"/stations/{station.slug}/")
    assert not Booking.objects.exists()


def test_someone_elses_car_is_no_choice(browse: Browse, driver: User, stranger: User) -> None:
    station = make_station()
    asked = chosen(station, vehicle=str(make_vehicle(stranger).pk))
    assert browse(driver).post(address(station), asked).status_code == 302
    assert not Booking.objects.exists()


def test_a_suspended_station_has_no_slots(browse: Browse, driver: User) -> None:
    station = make_station(approval=Station.Approval.SUSPENDED)
    assert browse(driver).post(address(station), chosen(station)).status_code == 404
    assert not Booking.objects.exists()


def test_holds_too_fast_are_asked_to_wait(browse: Browse, driver: User) -> None:
    station = make_station(evses=1)
    make_evse(station)
    with override_settings(EVB_RATE_LIMITS={"holds_driver": (1, 60)}), time_machine.travel(NOW):
        client = browse(driver)
        assert client.post(address(station), chosen(station)).status_code == 302
        answer = client.post(address(station), chosen(station, NINE + timedelta(hours=2)))
    assert (answer.status_code, Booking.objects.count()) == (429, 1)
