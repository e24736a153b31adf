"""A driver's account: it stays while bookings are open, and its export holds all of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import PASSWORD, make_booking, make_series

Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [S.HELD, S.PENDING, S.RESERVED, S.FULFILLED])
def test_an_account_with_an_open_booking_cannot_be_deleted(
    api: Api, driver: User, station: Station, status: S
) -> None:
    now = timezone.now()
    make_booking(station.evses.all()[0], driver, start=now + timedelta(hours=1), status=status, now=now)
    answer = api(driver).delete("/api/v1/me", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "open_bookings")
    assert User.objects.get(pk=driver.pk).is_active


def test_what_is_over_does_not_keep_an_account(api: Api, driver: User, station: Station) -> None:
    now = timezone.now()
    evse = station.evses.all()[0]
    make_booking(evse, driver, start=now, status=S.COMPLETED)
    make_booking(evse, driver, start=now, status=S.HELD, now=now - timedelta(minutes=11))
    assert api(driver).delete("/api/v1/me", {"password": PASSWORD}).status_code == 204
    assert Booking.objects.filter(driver=driver).count() == 2


def test_the_export_holds_ones_own_bookings(api: Api, driver: User, stranger: User, station: Station) -> None:
    start = timezone.now().replace(microsecond=0)
    booking = make_booking(station.evses.all()[0], driver, start=start)
    make_booking(station.evses.all()[1], stranger, start=start)
    rows = api(driver).get("/api/v1/me/export").json()["bookings"]
    assert [row["reference"] for row in rows] == [booking.reference]
    assert (rows[0]["station_name"], rows[0]["status"]) == (station.name, "RESERVED")
    assert (rows[0]["evse_uid"], rows[0]["currency"]) == (booking.evse.uid, "EUR")


def test_the_export_holds_ones_own_series(api: Api, driver: User, stranger: User, station: Station) -> None:
    now = timezone.now()
    series = make_series(station.evses.all()[0], driver, first=now, now=now)
    make_series(station.evses.all()[1], stranger, first=now, now=now)
    rows = api(driver).get("/api/v1/me/export").json()["series"]
    assert [(row["id"], row["rrule"]) for row in rows] == [(str(series.pk), "FREQ=WEEKLY;COUNT=2")]
