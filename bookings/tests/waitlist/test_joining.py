"""Joining a line: what is refused, what is found again, what the clock's task does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from accounts.models import User
from bookings import tasks
from bookings.models import Booking, CapacityGain, WaitlistEntry
from bookings.services.cancel import cancel
from bookings.tests.waitlist.conftest import HOUR, NOW, TEN, Wait, settle, state, told
from evbooking.core.errors import Invalid
from evbooking.core.ocpi import ConnectorType
from evbooking.core.relay import relay
from evbooking.core.schedule import BEAT_SCHEDULE
from stations.models import Station
from tests.factories import make_station, make_vehicle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_place_says_what_is_waited_for(wait: Wait, driver: User, site: Station) -> None:
    car = make_vehicle(driver)
    entry = wait(driver, connector=ConnectorType.IEC_62196_T2, vehicle=car)
    entry.refresh_from_db()
    assert (entry.driver, entry.station, entry.vehicle, entry.connector) == (
        driver,
        site,
        car,
        "IEC_62196_T2",
    )
    assert (entry.earliest, entry.latest, entry.duration_minutes) == (TEN, TEN + HOUR / 4, 60)
    assert (entry.status, entry.joined_at, told(entry)) == ("WAITING", NOW, ["joined"])


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"latest": TEN}, ("latest", "end_before_start")),
    ({"earliest": NOW - 2 * HOUR, "latest": NOW}, ("latest", "in_the_past")),
    ({"latest": TEN + 14 * DAY + HOUR}, ("latest", "range_too_long")),
    ({"earliest": TEN + 99 * DAY, "latest": TEN + 100 * DAY}, ("earliest", "too_far_ahead")),
    ({"duration_minutes": 5}, ("duration_minutes", "too_short")),
    ({"duration_minutes": 2880}, ("duration_minutes", "too_long")),
    ({"duration_minutes": 65}, ("duration_minutes", "not_on_increment")),
    ({"connector": "CHADEMO"}, ("connector", "connector_incompatible")),
]


@pytest.mark.parametrize(("asked", "why"), REFUSED, ids=[code for _, (_, code) in REFUSED])
def test_a_wish_that_can_never_be_met_is_refused(
    wait: Wait, asked: dict[str, Any], why: tuple[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        wait(**asked)
    assert [(error.field, error.code) for error in refused.value.errors] == [why]
    assert not WaitlistEntry.objects.exists()


def test_a_car_that_fits_nothing_is_refused(wait: Wait, driver: User) -> None:
    car = make_vehicle(driver, connectors=[ConnectorType.CHADEMO])
    with pytest.raises(Invalid) as refused:
        wait(driver, vehicle=car)
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("vehicle", "connector_incompatible")
    ]
    assert not WaitlistEntry.objects.exists()


def test_a_station_that_takes_no_bookings_has_no_line(wait: Wait) -> None:
    Station.objects.update(approval=Station.Approval.SUSPENDED)
    with pytest.raises(Invalid) as refused:
        wait(stations=[Station.objects.get()])
    assert refused.value.code == "station_not_bookable"
    assert not WaitlistEntry.objects.exists()


def test_the_same_wish_again_is_the_same_place(wait: Wait, driver: User) -> None:
    entry = wait(driver)
    assert wait(driver) == entry
    assert WaitlistEntry.objects.count() == 1


@override_settings(EVB_MAX_WAITLIST_ENTRIES=2)
def test_nobody_waits_in_too_many_lines(wait: Wait, driver: User, site: Station) -> None:
    wait(driver)
    with pytest.raises(Invalid) as refused:
        wait(driver, duration_minutes=30, stations=[site, make_station()])
    assert refused.value.code == "too_many_entries"
    assert WaitlistEntry.objects.count() == 1
    wait(driver, duration_minutes=30)


def test_entries_of_one_wish_share_it(wait: Wait, driver: User, site: Station) -> None:
    wait(driver, stations=[site, make_station()])
    first, second = WaitlistEntry.objects.all()
    assert first.wish == second.wish
    assert first.station != second.station


def test_the_task_of_the_schedule_offers_lapses_and_forgets(
    taken: Booking, wait: Wait, driver: User, clock: time_machine.Traveller
) -> None:
    entry = wait()
    settle()
    assert tasks.advance_waitlist() == 0
    assert not CapacityGain.objects.exists()
    cancel(taken, actor=driver, now=NOW)
    relay()
    assert tasks.advance_waitlist() == 1
    assert state(entry) == "OFFERED"
    assert tasks.advance_waitlist.name in {entry["task"] for entry in BEAT_SCHEDULE.values()}
