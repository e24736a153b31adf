"""Mails about a booking carry it as an entry for the calendar; through a real SMTP server it arrives as one."""

from datetime import datetime, timedelta
from email.message import Message

import pytest
import time_machine
from django.db.models import F
from icalendar import Calendar

from accounts.models import User
from bookings.models import Booking, Series
from notifications.channels.mail import message_for
from notifications.models import Notification
from notifications.services.sending import send_due
from notifications.tests.conftest import Tell, berlin
from notifications.tests.running import Running
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db
NOW: datetime = berlin("2026-12-01 10:00")


@pytest.fixture
def booking(driver: User) -> Booking:
    site: Station = make_station()
    return make_booking(site.evses.get(), driver, start=NOW + timedelta(hours=5), now=NOW)


def parts_of(*messages: Notification) -> list[Message]:
    mail = message_for(messages).message()
    return [part for part in mail.walk() if part.get_content_type() == "text/calendar"]


def mail_of(say: Tell, driver: User, kind: str, reference: object) -> Notification:
    say(driver, kind=kind, reference=reference)
    return Notification.objects.filter(recipient=driver, kind=kind, channel="email").latest("created_at")


@pytest.mark.parametrize("kind", ["booking_reserved", "booking_changed"])
def test_a_mail_about_a_booking_enters_it(kind: str, say: Tell, driver: User, booking: Booking) -> None:
    [part] = parts_of(mail_of(say, driver, kind, booking.reference))
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    assert part.get_filename() == f"booking-{booking.reference}.ics"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    calendar = Calendar.from_ical(payload)
    [entry] = calendar.walk("VEVENT")
    assert (calendar["method"], entry["uid"]) == ("REQUEST", str(booking.request_id))
    assert entry["attendee"] == "mailto:driver@example.com"


def test_a_mail_about_a_canceled_booking_takes_it_out(say: Tell, driver: User, booking: Booking) -> None:
    Booking.objects.filter(pk=booking.pk).update(status="CANCELED")
    [part] = parts_of(mail_of(say, driver, "booking_canceled", booking.reference))
    assert part.get_param("method") == "CANCEL"


def test_other_mails_carry_nothing(say: Tell, driver: User, booking: Booking) -> None:
    assert parts_of(mail_of(say, driver, "reminder_day", booking.reference)) == []


def test_nobody_gets_the_booking_of_somebody_else(say: Tell, stranger: User, booking: Booking) -> None:
    assert parts_of(mail_of(say, stranger, "booking_reserved", booking.reference)) == []


def test_a_digest_carries_each_booking_once(say: Tell, driver: User, booking: Booking) -> None:
    other = make_booking(make_station().evses.get(), driver, start=NOW + timedelta(hours=7), now=NOW)
    messages = [
        mail_of(say, driver, "booking_reserved", booking.reference),
        mail_of(say, driver, "booking_changed", booking.reference),
        mail_of(say, driver, "booking_reserved", other.reference),
    ]
    names = [part.get_filename() for part in parts_of(*messages)]
    assert names == [f"booking-{booking.reference}.ics", f"booking-{other.reference}.ics"]


def test_the_entry_arrives_whole(say: Tell, driver: User, booking: Booking, sandbox: Running) -> None:
    with time_machine.travel(NOW, tick=False):
        say(driver, reference=booking.reference)
        send_due("email")
    [mail] = sandbox.received()["mails"]
    [entry] = mail["attachments"]
    assert entry["type"] == 'text/calendar; charset="utf-8"; method="REQUEST"'
    [event] = Calendar.from_ical(entry["text"]).walk("VEVENT")
    assert event["uid"] == str(booking.request_id)
    assert event["dtstart"].dt == booking.start


def test_a_mail_about_a_series_carries_all_its_dates_in_one_file(
    say: Tell, driver: User, stranger: User, booking: Booking
) -> None:
    series = Series.objects.create(
        driver=driver,
        station=booking.station,
        rrule="FREQ=WEEKLY;COUNT=2",
        time_zone="Europe/Berlin",
        first_day=NOW.date(),
        clock=NOW.time(),
        duration_minutes=60,
        created_at=NOW,
        last_updated=NOW,
    )
    week = timedelta(weeks=1)
    later = make_booking(booking.evse, driver, start=booking.start + week, now=NOW)
    Booking.objects.update(series=series, occurrence=F("start"))
    for person in (driver, stranger):
        say(person, kind="series_booked", series=series.pk, count=2, starts=[booking.start])
    mail, theirs = (
        Notification.objects.get(recipient=person, channel="email") for person in (driver, stranger)
    )
    [part] = parts_of(mail)
    assert (part.get_param("method"), part.get_filename()) == ("PUBLISH", "bookings.ics")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    entries = Calendar.from_ical(payload).walk("VEVENT")
    assert [entry["uid"] for entry in entries] == [str(booking.request_id), str(later.request_id)]
    assert parts_of(theirs) == []
