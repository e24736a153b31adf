"""A booking as an entry: what it says, when, and that what others chose does no harm in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from accounts.models import User
from bookings.calendars.documents import booking_calendar
from bookings.models import Booking
from bookings.tests.calendars.conftest import calendar_of, entry_of, instant
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 1, 13, tzinfo=UTC)


@pytest.fixture
def harbour(db: None) -> Station:
    return make_station(name="Harbour", postal_code="20354")


def test_an_entry_says_what_where_and_when(driver: User, harbour: Station) -> None:
    booking = make_booking(harbour.evses.get(), driver, start=START)
    calendar = calendar_of(driver, booking)
    assert (calendar["version"], calendar["method"], calendar["calscale"]) == ("2.0", "PUBLISH", "GREGORIAN")
    entry, evse = entry_of(calendar), harbour.evses.get().physical_reference
    assert entry["uid"] == str(booking.request_id)
    assert entry["summary"] == "Charging at Harbour"
    assert entry["description"] == (
        f"Tue 1 Dec 14:00–15:00 (Berlin time)\nCharge point {evse}\nType 2, 11 kW, about 11 kWh\n"
        f"Booking {booking.reference}\nKept for you until 14:15"
    )
    assert entry["location"] == "Harbour, Jungfernstieg 1, 20354 Hamburg"
    assert entry["geo"].to_ical() == "53.5534;9.9921"
    assert entry["url"] == f"http://localhost:8000/bookings/{booking.reference}/"
    assert (entry["status"], entry["class"]) == ("CONFIRMED", "PRIVATE")
    assert entry["organizer"] == "mailto:no-reply@example.org"
    assert entry["dtstamp"].dt == entry["last-modified"].dt == booking.last_updated
    [alarm] = entry.walk("VALARM")
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", timedelta(hours=-1))
    assert alarm["description"] == "In an hour: charging at Harbour"


def test_a_german_reads_german(driver: User, harbour: Station) -> None:
    driver.locale = "de"
    booking = make_booking(harbour.evses.get(), driver, start=START)
    entry = entry_of(calendar_of(driver, booking))
    assert entry["summary"] == "Laden bei Harbour"
    assert entry["description"].startswith("Di 1. Dez. 14:00–15:00 (Zeit in Berlin)\nLadepunkt ")


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (S.HELD, "TENTATIVE"),
        (S.PENDING, "TENTATIVE"),
        (S.RESERVED, "CONFIRMED"),
        (S.FULFILLED, "CONFIRMED"),
        (S.COMPLETED, "CONFIRMED"),
        (S.CANCELED, "CANCELLED"),
        (S.EXPIRED, "CANCELLED"),
        (S.REJECTED, "CANCELLED"),
        (S.FAILED, "CANCELLED"),
        (S.NO_SHOW, "CANCELLED"),
    ],
)
def test_every_state_has_its_word(status: S, shown: str, driver: User, harbour: Station) -> None:
    booking = make_booking(harbour.evses.get(), driver, start=START, status=status)
    entry = entry_of(calendar_of(driver, booking))
    assert entry["status"] == shown
    assert len(entry.walk("VALARM")) == (shown == "CONFIRMED")


def test_a_hold_that_has_run_out_is_over_before_the_clock_says_so(driver: User, harbour: Station) -> None:
    booking = make_booking(harbour.evses.get(), driver, start=START, status=S.HELD)
    later = booking.created_at + timedelta(minutes=11)
    assert entry_of(calendar_of(driver, booking, now=later))["status"] == "CANCELLED"


DST_DAYS = [
    ("Europe/Berlin", "2026-03-29T00:30:00+00:00"),  # 23 hours: the clock jumps at 01:00 UTC
    ("Europe/Berlin", "2026-10-25T00:30:00+00:00"),  # 25 hours: 02:30 for the first time
    ("Europe/Berlin", "2026-10-25T01:30:00+00:00"),  # 02:30 for the second time
    ("America/New_York", "2026-03-08T06:30:00+00:00"),
    ("America/New_York", "2026-11-01T05:30:00+00:00"),
    ("America/New_York", "2026-11-01T06:30:00+00:00"),
    ("Australia/Lord_Howe", "2026-04-04T14:45:00+00:00"),  # by half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:15:00+00:00"),
    ("Africa/Casablanca", "2026-02-15T01:30:00+00:00"),
    ("Asia/Kolkata", "2026-12-31T18:15:00+00:00"),  # into the next year
]


@pytest.mark.parametrize("minutes", [15, 60, 1500])
@pytest.mark.parametrize(("zone", "start"), DST_DAYS)
def test_a_round_trip_keeps_both_instants(zone: str, start: str, minutes: int, driver: User) -> None:
    site = make_station(time_zone=zone)
    begin = datetime.fromisoformat(start)
    booking = make_booking(site.evses.get(), driver, start=begin, minutes=minutes)
    calendar = calendar_of(driver, booking)
    entry = entry_of(calendar)
    assert (instant(entry, "dtstart"), instant(entry, "dtend")) == (booking.start, booking.end)
    assert [part["tzid"] for part in calendar.walk("VTIMEZONE")] == [zone]


def test_times_name_the_zone_of_the_site(driver: User, harbour: Station) -> None:
    entry = entry_of(calendar_of(driver, make_booking(harbour.evses.get(), driver, start=START)))
    assert entry["dtstart"].params["TZID"] == "Europe/Berlin"
    assert entry["dtstart"].to_ical() == b"20261201T140000"
    assert entry["dtstart"].dt.tzinfo == ZoneInfo("Europe/Berlin")


def test_a_time_that_comes_twice_is_told_in_utc_the_second_time(driver: User, harbour: Station) -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    entry = entry_of(calendar_of(driver, make_booking(harbour.evses.get(), driver, start=second)))
    assert (entry["dtstart"].to_ical(), entry["dtend"].to_ical()) == (
        b"20261025T013000Z",
        b"20261025T033000",
    )


EVIL = {
    "a line break": "Quay\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "markup": '<a href="https://evil.example">click</a><script>alert(1)</script>',
    "a mark that reorders": "safe\u202ecod.exe\u2069",
    "a separator of lines": "Quay\u2028ATTENDEE:mailto:evil@example.org",
    "what calendars give a meaning": "Quay; one, two\\n three: four=five",
    "control characters": "Quay\x00\x07\x1b[31m",
    "a long name": "Ä" * 120,
}


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL)
def test_what_others_chose_does_no_harm(name: str, driver: User, harbour: Station) -> None:
    booking = make_booking(harbour.evses.get(), driver, start=START)
    harbour.name = harbour.address = name
    booking.station = harbour
    content = _content(driver, booking)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        assert not {byte for byte in line if byte < 32}
    text = content.replace(b"\r\n ", b"").decode()
    assert not {"<", ">", "\u202e", "\u2028"} & set(text)
    calendar = Calendar.from_ical(content)
    entry = entry_of(calendar)
    assert "attendee" not in entry
    assert entry["uid"] == str(booking.request_id)
    assert text.split("\r\n").count("BEGIN:VEVENT") == 1


def test_a_name_from_right_to_left_is_kept_apart(driver: User, harbour: Station) -> None:
    booking = make_booking(harbour.evses.get(), driver, start=START)
    harbour.name = "תחנת כוח"
    booking.station = harbour
    entry = entry_of(Calendar.from_ical(_content(driver, booking)))
    assert entry["summary"] == "Charging at \u2068תחנת כוח\u2069"


def _content(driver: User, booking: Booking) -> bytes:
    """Of the booking as it is in memory: the database would refuse some of these names itself."""
    return booking_calendar(booking, sequence=1, language=driver.locale, now=booking.created_at)[1]
