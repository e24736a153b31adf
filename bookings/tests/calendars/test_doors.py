"""Pages and API of calendars."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from icalendar import Calendar
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking, CalendarFeed
from stations.models import Station
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
START = datetime(2030, 12, 1, 13, tzinfo=UTC)
Api = Callable[[User | None], APIClient]
_ADDRESS = re.compile(r'value="http://localhost:8000(/calendar/[\w-]{32}\.ics)"')


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    return make_booking(station.evses.earliest("uid"), driver, start=START)


def at_home(client: Client, user: User) -> Client:
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_api_gives_a_booking_as_a_calendar(api: Api, driver: User, booking: Booking) -> None:
    app, path = api(driver), f"/api/v1/bookings/{booking.reference}.ics"
    answer = app.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert entry["uid"] == str(booking.request_id)
    assert app.get(path, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_somebody_elses_booking_is_no_calendar(
    api: Api, stranger: User, booking: Booking, client: Client
) -> None:
    assert api(stranger).get(f"/api/v1/bookings/{booking.reference}.ics").status_code == 404
    assert at_home(client, stranger).get(f"/bookings/{booking.reference}.ics").status_code == 404


def test_the_page_of_a_booking_has_it_to_download(driver: User, booking: Booking, client: Client) -> None:
    here = at_home(client, driver)
    page = here.get(f"/bookings/{booking.reference}/").content.decode()
    assert f'href="/bookings/{booking.reference}.ics" download' in page
    answer = here.get(f"/bookings/{booking.reference}.ics")
    assert answer["Content-Disposition"] == f'attachment; filename="booking-{booking.reference}.ics"'
    assert Calendar.from_ical(answer.content)["method"] == "PUBLISH"


def test_a_driver_makes_an_address_sees_it_once_and_takes_it_back(driver: User, client: Client) -> None:
    here = at_home(client, driver)
    made = here.post("/bookings/calendar/")
    [path] = _ADDRESS.findall(made.content.decode())
    assert f"webcal://localhost:8000{path}" in made.content.decode()
    assert made["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert Client().get(path).status_code == 200
    assert path not in here.get("/bookings/calendar/").content.decode()
    here.post("/bookings/calendar/stop/")
    assert Client().get(path).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_staff_make_an_address_of_their_station_at_the_desk(
    staff: User, station: Station, client: Client
) -> None:
    here = at_home(client, staff)
    made = here.post(f"/operator/bookings/calendars/{station.pk}/")
    [path] = _ADDRESS.findall(made.content.decode())
    assert station.name in Client().get(path).content.decode()
    here.post(f"/operator/bookings/calendars/{station.pk}/stop/")
    assert Client().get(path).status_code == 404


def test_a_stranger_makes_no_address_of_a_station(stranger: User, station: Station, client: Client) -> None:
    here = at_home(client, stranger)
    assert here.post(f"/operator/bookings/calendars/{station.pk}/").status_code == 404
    assert not CalendarFeed.objects.exists()


def test_an_app_makes_lists_and_takes_back_feeds(
    api: Api, staff: User, station: Station, stranger: User
) -> None:
    app = api(staff)
    made = app.post("/api/v1/calendar-feeds", {"station": str(station.pk)})
    assert made.status_code == 201
    feed = made.json()
    path = feed.pop("url").removeprefix("http://localhost:8000")
    assert Client().get(path).status_code == 200
    own = app.post("/api/v1/calendar-feeds", {}).json()
    listed = app.get("/api/v1/calendar-feeds")
    assert [one["station"] for one in listed.json()["results"]] == [str(station.pk), None]
    assert listed.json()["results"][0] == feed
    assert app.get("/api/v1/calendar-feeds", HTTP_IF_NONE_MATCH=listed["ETag"]).status_code == 304
    assert api(stranger).delete(f"/api/v1/calendar-feeds/{feed['id']}").status_code == 404
    assert app.delete(f"/api/v1/calendar-feeds/{feed['id']}").status_code == 204
    assert Client().get(path).status_code == 404
    assert [one["id"] for one in app.get("/api/v1/calendar-feeds").json()["results"]] == [own["id"]]


def test_an_address_that_was_never_made_leads_nowhere(client: Client) -> None:
    for address in ("x", "x" * 4000, "%00", "..%2f"):
        assert client.get(f"/calendar/{address}.ics").status_code == 404
