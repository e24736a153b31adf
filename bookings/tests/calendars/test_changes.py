"""The same entry through a booking's life: its UID stays, its SEQUENCE grows."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.confirm import confirm
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from bookings.tests.calendars.conftest import calendar_of, entry_of, instant
from stations.models import Station

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
START = datetime(2026, 12, 1, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def reserved(driver: User, station: Station) -> Booking:
    held = hold_slot(driver, station=station, start=START, end=START + HOUR, now=NOW)
    return confirm(held, actor=driver, now=NOW)


def test_a_moved_booking_moves_its_entry(driver: User, reserved: Booking) -> None:
    before = entry_of(calendar_of(driver, reserved, invited=driver.email))
    moved = reschedule(
        reserved, start=START + 2 * HOUR, end=START + 3 * HOUR, actor=driver, now=NOW + timedelta(minutes=1)
    )
    calendar = calendar_of(driver, moved, invited=driver.email)
    after = entry_of(calendar)
    assert after["uid"] == before["uid"] == str(reserved.request_id)
    assert after["sequence"] == before["sequence"] + 1
    assert after["dtstamp"].dt > before["dtstamp"].dt
    assert (instant(before, "dtstart"), instant(after, "dtstart")) == (START, START + 2 * HOUR)
    assert calendar["method"] == "REQUEST"


def test_a_canceled_booking_takes_its_entry_out(driver: User, reserved: Booking) -> None:
    before = entry_of(calendar_of(driver, reserved, invited=driver.email))
    cancel(reserved, actor=driver, now=NOW + timedelta(minutes=1))
    calendar = calendar_of(driver, reserved, invited=driver.email)
    after = entry_of(calendar)
    assert (calendar["method"], after["status"]) == ("CANCEL", "CANCELLED")
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1


def test_an_invitation_is_for_one_and_asks_for_no_answer(driver: User, reserved: Booking) -> None:
    entry = entry_of(calendar_of(driver, reserved, invited=driver.email))
    assert entry["attendee"] == "mailto:driver@example.com"
    assert (entry["attendee"].params["RSVP"], entry["attendee"].params["PARTSTAT"]) == ("FALSE", "ACCEPTED")
    assert "attendee" not in entry_of(calendar_of(driver, reserved))


def test_every_step_of_a_life_raises_the_sequence(driver: User, reserved: Booking) -> None:
    found = [entry_of(calendar_of(driver, reserved))["sequence"]]
    for step in range(1, 4):
        later = START + step * HOUR
        reserved = reschedule(
            reserved, start=later, end=later + HOUR, actor=driver, now=NOW + timedelta(minutes=step)
        )
        found.append(entry_of(calendar_of(driver, reserved))["sequence"])
    cancel(reserved, actor=driver, now=NOW + timedelta(minutes=5))
    found.append(entry_of(calendar_of(driver, reserved))["sequence"])
    assert found == [2, 3, 4, 5, 6]
