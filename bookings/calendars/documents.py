"""Whole iCalendar objects: what they are for (METHOD), the zones they use, and their entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from bookings.calendars.entries import CANCELLED, driver_entry, invite, staff_entry
from bookings.calendars.words import plain, say
from bookings.calendars.zones import vtimezone
from bookings.models import Booking, CalendarFeed
from bookings.selectors.calendars import SequencedBooking

ICS: Final = "text/calendar; charset=utf-8"
_MAKER: Final = "-//evbooking//bookings//EN"
_REFRESH: Final = timedelta(hours=1)


class Method(StrEnum):
    """RFC 5546: a copy for whoever fetches it, or what a mail program applies to the entry it has."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def booking_calendar(
    booking: Booking, *, sequence: int, language: str, now: datetime, invited: str = ""
) -> tuple[Method, bytes]:
    """One booking for its driver: to be published, or for the mail to `invited`, to be entered or taken out."""
    entry = driver_entry(booking, sequence=sequence, language=language, now=now)
    method = Method.PUBLISH
    if invited:
        method = Method.CANCEL if entry["status"] == CANCELLED else Method.REQUEST
        invite(entry, invited)
    made = _calendar(method)
    _fill(made, [booking], [entry])
    return method, bytes(made.to_ical())


def dates_calendar(bookings: Iterable[SequencedBooking], *, language: str, now: datetime) -> bytes:
    """The dates of a series for its driver, to be added in one go; each booking carries its `sequence`."""
    found = list(bookings)
    made = _calendar(Method.PUBLISH)
    entries = [driver_entry(one, sequence=one.sequence, language=language, now=now) for one in found]
    _fill(made, found, entries)
    return bytes(made.to_ical())


def feed_calendar(feed: CalendarFeed, bookings: Iterable[SequencedBooking], *, now: datetime) -> bytes:
    """All of a feed; each booking carries its `sequence`. Needs the feed's user and station loaded."""
    found, language = list(bookings), feed.user.locale
    if feed.station is None:
        name, entry_of = say(language, "feed"), driver_entry
    else:
        name, entry_of = say(language, "station_feed", station=plain(feed.station.name)), staff_entry
    made = _calendar(Method.PUBLISH)
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    entries = [entry_of(one, sequence=one.sequence, language=language, now=now) for one in found]
    _fill(made, found, entries)
    return bytes(made.to_ical())


def _calendar(method: Method) -> Calendar:
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", _MAKER)
    made.add("calscale", "GREGORIAN")
    made.add("method", method.value)
    return made


def _fill(made: Calendar, bookings: Iterable[Booking], entries: Iterable[Event]) -> None:
    """The zones that the bookings' times name, each for the years it is needed, and then the entries."""
    years: dict[ZoneInfo, set[int]] = {}
    for booking in bookings:
        zone = ZoneInfo(booking.station.time_zone)
        used = years.setdefault(zone, set())
        used.update(instant.astimezone(zone).year for instant in (booking.start, booking.end))
    for zone, used in sorted(years.items(), key=lambda item: item[0].key):
        made.add_component(vtimezone(zone, min(used), max(used)))
    for entry in entries:
        made.add_component(entry)
