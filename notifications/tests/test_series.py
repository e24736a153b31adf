"""A recurring booking is told once, not by each of its dates."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings.models import Series
from bookings.recurrence import parse_rule
from bookings.selectors.series import dates_of
from bookings.services.cancel import cancel
from bookings.services.clock import expire_holds
from bookings.services.series.asking import SeriesAsk
from bookings.services.series.booking import book_series
from bookings.services.series.canceling import cancel_series
from bookings.services.series.changes import SeriesChange
from bookings.services.series.changing import change_series
from bookings.services.series.later import book_opened
from evbooking.core.relay import relay
from notifications.models import Notification
from notifications.tests.conftest import berlin
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db
NOW = berlin("2026-12-01 10:00")
FIRST = berlin("2026-12-02 14:00")


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def series(station: Station, driver: User, staff: User) -> Series:
    ask = SeriesAsk(station, FIRST, FIRST + timedelta(hours=1), parse_rule("FREQ=WEEKLY;COUNT=4"))
    return book_series(driver, ask, now=NOW).series


def told() -> list[tuple[str, str]]:
    """Kind and recipient of each message in an inbox, in order."""
    relay()
    found = Notification.objects.filter(channel="inbox").order_by("created_at", "pk")
    return sorted(found.values_list("kind", "recipient__name"))


BOOKED = [
    ("owner_series", "Otto Owner"),
    ("owner_series", "Stina Staff"),
    ("series_booked", "Dana Driver"),
]


def test_four_dates_booked_at_once_are_one_message_each(series: Series) -> None:
    assert told() == BOOKED
    told_driver = Notification.objects.get(kind="series_booked", channel="inbox")
    assert told_driver.title.endswith("4 dates from Wed 2 Dec 14:00–15:00")
    assert told_driver.path == f"/bookings/series/{series.pk}/"
    mail = Notification.objects.get(kind="series_booked", channel="email")
    assert mail.data["starts"][3] == "2026-12-23T13:00:00Z"


def test_a_change_and_a_cancellation_of_all_are_one_message_each(series: Series, driver: User) -> None:
    relay()
    Notification.objects.all().delete()
    change_series(series, SeriesChange(FIRST.date(), clock=time(15)), actor=driver, now=NOW)
    assert [kind for kind, name in told() if name == "Dana Driver"] == ["series_changed"]
    cancel_series(series, since=FIRST.date() + timedelta(days=7), actor=driver, now=NOW)
    assert [kind for kind, name in told() if name == "Dana Driver"] == ["series_canceled", "series_changed"]


def test_one_date_canceled_by_itself_is_told_by_itself(series: Series, driver: User) -> None:
    relay()
    Notification.objects.all().delete()
    cancel(dates_of(series)[1], actor=driver, now=NOW)
    assert ("booking_canceled", "Dana Driver") in told()


def test_holds_that_run_out_together_are_one_message(driver: User) -> None:
    station = make_station(terms={"payment": "ONLINE"})
    ask = SeriesAsk(station, FIRST, FIRST + timedelta(hours=1), parse_rule("FREQ=WEEKLY;COUNT=4"))
    book_series(driver, ask, now=NOW)
    assert expire_holds(NOW + timedelta(minutes=11)) == 4
    assert told() == [("hold_expired", "Dana Driver")]


def with_one_later_date(station: Station, driver: User) -> None:
    """Three weeks, of which the third is two weeks ahead and some hours: booked when bookings open."""
    station.terms.booking_horizon_minutes = 14 * 24 * 60
    station.terms.save()
    fresh = Station.objects.select_related("operator", "terms", "tariff__current").get(pk=station.pk)
    ask = SeriesAsk(fresh, FIRST, FIRST + timedelta(hours=1), parse_rule("FREQ=WEEKLY;COUNT=3"))
    book_series(driver, ask, now=NOW)


def test_a_date_that_could_not_be_booked_is_told_to_its_driver_once_and_to_nobody_else(
    station: Station, driver: User, staff: User, stranger: User
) -> None:
    with_one_later_date(station, driver)
    for evse in station.evses.all():
        make_booking(evse, stranger, start=FIRST + timedelta(weeks=2))
    relay()
    Notification.objects.all().delete()
    for _ in range(2):
        book_opened(FIRST)
    assert told() == [("series_missed", "Dana Driver")]
    mail = Notification.objects.get(kind="series_missed", channel="email")
    assert mail.title == f"Not booked: {station.name}, Wed 16 Dec 14:00–15:00"
    assert mail.path == f"/stations/{station.slug}/"


def test_a_date_that_is_booked_later_is_told_as_a_booking_of_its_own(
    station: Station, driver: User, staff: User
) -> None:
    with_one_later_date(station, driver)
    relay()
    Notification.objects.all().delete()
    assert book_opened(FIRST) == 1
    assert told() == [
        ("booking_reserved", "Dana Driver"),
        ("owner_booking", "Otto Owner"),
        ("owner_booking", "Stina Staff"),
    ]
