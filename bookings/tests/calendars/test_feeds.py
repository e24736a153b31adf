"""Private feeds: what stands in them, who may read them, and how cheap they are when nothing is new."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Membership, Operator, User
from accounts.services.profile import delete_account, export_data
from bookings.models import Booking, BookingTransition, CalendarFeed
from bookings.selectors import calendars as selected
from bookings.services.calendars import renew_feed
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking, make_evse, make_station

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
Api = Callable[[User | None], APIClient]


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def path_of(user: User, station: Station | None = None) -> str:
    _, token = renew_feed(user, station=station, now=NOW)
    return f"/calendar/{token}.ics"


def read(path: str, **headers: Any) -> Any:
    return Client().get(path, headers=headers)


def entries(path: str) -> dict[str, Any]:
    """By UID."""
    answer = read(path)
    assert answer.status_code == 200
    calendar: Any = Calendar.from_ical(answer.content)
    return {entry["uid"]: entry for entry in calendar.walk("VEVENT")}


def promised(booking: Booking) -> Booking:
    """With the step of its history that made it one."""
    BookingTransition.objects.create(booking=booking, at=NOW, from_status=S.HELD, to_status=S.RESERVED)
    return booking


def test_a_driver_reads_their_own_bookings(driver: User, stranger: User, station: Station) -> None:
    first, second = station.evses.order_by("uid")
    mine = make_booking(first, driver, start=NOW + DAY, now=NOW)
    make_booking(second, stranger, start=NOW + DAY, now=NOW)
    [entry] = entries(path_of(driver)).values()
    assert entry["uid"] == str(mine.request_id)
    assert len(entry.walk("VALARM")) == 1


def test_canceled_promises_are_struck_out_and_holds_are_not_there(driver: User, station: Station) -> None:
    evse = station.evses.earliest("uid")
    gone = promised(make_booking(evse, driver, start=NOW + DAY, status=S.CANCELED, now=NOW))
    missed = make_booking(evse, driver, start=NOW - DAY, status=S.NO_SHOW)
    make_booking(evse, driver, start=NOW + 2 * DAY, status=S.CANCELED, now=NOW)  # only ever held
    make_booking(evse, driver, start=NOW + 3 * DAY, status=S.HELD, now=NOW)
    make_booking(evse, driver, start=NOW + 4 * DAY, status=S.EXPIRED, now=NOW)
    found = entries(path_of(driver))
    assert {uid: entry["status"] for uid, entry in found.items()} == {
        str(gone.request_id): "CANCELLED",
        str(missed.request_id): "CANCELLED",
    }


def test_the_window_is_ninety_days_back_and_all_that_comes(driver: User, station: Station) -> None:
    evse = station.evses.earliest("uid")
    shown = [
        make_booking(evse, driver, start=NOW + days * DAY, status=S.COMPLETED if days < 0 else S.RESERVED)
        for days in (-89, 1, 365)
    ]
    make_booking(evse, driver, start=NOW - 91 * DAY, status=S.COMPLETED)
    assert list(entries(path_of(driver))) == [str(booking.request_id) for booking in shown]


def test_the_staff_reads_what_is_booked_and_not_by_whom(driver: User, staff: User, station: Station) -> None:
    evse = station.evses.earliest("uid")
    booking = make_booking(evse, driver, start=NOW + DAY, now=NOW)
    make_booking(make_station().evses.get(), driver, start=NOW + DAY, now=NOW)
    path = path_of(staff, station)
    [entry] = entries(path).values()
    assert entry["summary"] == f"Charge point {evse.physical_reference}: booking {booking.reference}"
    assert entry["url"] == f"http://localhost:8000/operator/bookings/{booking.reference}/"
    text = read(path).content.decode()
    assert not [word for word in (driver.email, "Dana", "Driver", str(driver.pk)) if word in text]
    assert "BEGIN:VALARM" not in text


def test_nobody_gets_a_feed_of_a_station_that_is_not_theirs(api: Api, rival: User, station: Station) -> None:
    answer = api(rival).post("/api/v1/calendar-feeds", {"station": str(station.pk)})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_station")
    assert not CalendarFeed.objects.exists()


def test_who_leaves_the_staff_reads_no_more(staff: User, station: Station) -> None:
    path = path_of(staff, station)
    assert read(path).status_code == 200
    Membership.objects.filter(user=staff).delete()
    assert read(path).status_code == 404


def test_a_closed_account_has_no_calendar(driver: User) -> None:
    path = path_of(driver)
    User.objects.filter(pk=driver.pk).update(is_active=False)
    assert read(path).status_code == 404


def test_a_deleted_account_leaves_no_address_and_the_export_names_it_before(
    driver: User, operator: Operator, staff: User, station: Station
) -> None:
    path_of(driver)
    path_of(staff, station)
    assert export_data(driver, now=NOW)["calendars"] == [{"station_name": None, "created_at": NOW}]
    assert export_data(staff, now=NOW)["calendars"] == [{"station_name": station.name, "created_at": NOW}]
    delete_account(driver, actor=driver, now=NOW)
    assert list(CalendarFeed.objects.values_list("user", flat=True)) == [staff.pk]


def test_a_new_address_ends_the_old_one(driver: User) -> None:
    old, new = path_of(driver), path_of(driver)
    assert (read(old).status_code, read(new).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1


def test_only_the_hash_of_an_address_is_kept(driver: User) -> None:
    _, token = renew_feed(driver, now=NOW)
    kept = CalendarFeed.objects.get()
    assert len(token) == 32
    assert token not in {str(getattr(kept, field.attname)) for field in kept._meta.concrete_fields}
    assert kept.token_hash == selected.token_hash(token)


def test_what_did_not_change_is_not_sent_again(driver: User, station: Station) -> None:
    booking = make_booking(station.evses.earliest("uid"), driver, start=NOW + DAY, now=NOW)
    path = path_of(driver)
    first = read(path)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    again = read(path, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Booking.objects.filter(pk=booking.pk).update(last_updated=NOW + timedelta(seconds=1))
    assert read(path, if_none_match=first["ETag"]).status_code == 200


def test_another_name_of_the_station_is_sent(driver: User, station: Station) -> None:
    make_booking(station.evses.earliest("uid"), driver, start=NOW + DAY, now=NOW)
    path = path_of(driver)
    before = read(path)["ETag"]
    station.name = "Quay"
    station.save()
    assert read(path, if_none_match=before).status_code == 200


@pytest.mark.parametrize("number", [1, 40])
def test_a_feed_takes_three_queries_however_long_it_is(
    number: int, driver: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    site = make_station(evses=2)
    evse = site.evses.earliest("uid")
    for days in range(number):
        make_booking(evse, driver, start=NOW + days * DAY, now=NOW)
    path = path_of(driver)
    with django_assert_num_queries(3):
        assert len(entries(path)) == number
    etag = read(path)["ETag"]
    with django_assert_num_queries(2):
        assert read(path, if_none_match=etag).status_code == 304


def test_a_feed_has_a_thousand_entries_at_most(
    driver: User, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected, "MOST", 2)
    evse = make_evse(station)
    made = [make_booking(evse, driver, start=NOW + days * DAY, now=NOW) for days in range(3)]
    assert list(entries(path_of(driver))) == [str(booking.request_id) for booking in made[:2]]


def test_who_asks_too_often_is_told_to_wait(driver: User, settings: Any) -> None:
    settings.EVB_RATE_LIMITS = {**settings.EVB_RATE_LIMITS, "calendar_feed": (2, 600)}
    path = path_of(driver)
    statuses = [read(path).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_zones_of_all_stations_are_embedded(driver: User, station: Station) -> None:
    sydney = make_station(time_zone="Australia/Sydney")
    for site in (station, sydney):
        make_booking(site.evses.earliest("uid"), driver, start=NOW + DAY, now=NOW)
    calendar: Any = Calendar.from_ical(read(path_of(driver)).content)
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Australia/Sydney", "Europe/Berlin"]
    assert (calendar["name"], calendar["x-wr-calname"]) == ("Charging", "Charging")
