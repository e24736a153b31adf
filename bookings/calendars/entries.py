"""A booking as a VEVENT (RFC 5545, 3.6.1): for its driver with all they need, for the staff as little as there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Event, vCalAddress

from bookings.calendars.words import connector_name, evse_name, place_of, plain, say
from bookings.holds import has_run_out
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from evbooking.core import when
from evbooking.core.ocpi import ReservationStatus as S

_ALARM_AHEAD: Final = timedelta(hours=1)
_STATUS: Final = MappingProxyType(
    {
        S.HELD: "TENTATIVE",
        S.PENDING: "TENTATIVE",
        S.RESERVED: "CONFIRMED",
        S.FULFILLED: "CONFIRMED",
        S.COMPLETED: "CONFIRMED",
    }
)
CANCELLED: Final = "CANCELLED"


def driver_entry(booking: Booking, *, sequence: int, language: str, now: datetime) -> Event:
    """The entry in the driver's calendar. Needs station, evse loaded."""
    station, zone = booking.station, ZoneInfo(booking.station.time_zone)
    made = _entry(booking, sequence, now)
    made.add("summary", say(language, "summary", station=plain(station.name)))
    made.add("description", "\n".join(_driver_lines(booking, zone, language)))
    made.add("location", place_of(station))
    made.add("geo", (station.latitude, station.longitude))
    made.add("url", _address("bookings:detail", booking))
    made.add("class", "PRIVATE")
    if made["status"] == _STATUS[S.RESERVED]:
        made.add_component(_alarm(say(language, "alarm", station=plain(station.name))))
    return made


def staff_entry(booking: Booking, *, sequence: int, language: str, now: datetime) -> Event:
    """The entry in a station's calendar: which booking, where and when. Who comes stands at the desk, not here."""
    zone, evse = ZoneInfo(booking.station.time_zone), evse_name(booking.evse)
    made = _entry(booking, sequence, now)
    made.add("summary", say(language, "staff_summary", evse=evse, reference=str(booking.reference)))
    made.add("description", "\n".join([_when(booking, zone, language), _plug(booking, language)]))
    made.add("location", place_of(booking.station))
    made.add("url", _address("desk:booking", booking))
    made.add("transp", "TRANSPARENT")
    return made


def invite(entry: Event, address: str) -> Event:
    """What mail programs need to move the entry by themselves: whose it is; nobody is to answer (RFC 5546, 3.2.2)."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params.update({"PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "ROLE": "REQ-PARTICIPANT"})
    entry.add("attendee", attendee)
    return entry


def _entry(booking: Booking, sequence: int, now: datetime) -> Event:
    """What identifies an entry, and makes a newer one replace an older one (RFC 5546, 2.1.4)."""
    zone = ZoneInfo(booking.station.time_zone)
    state = S.EXPIRED if has_run_out(booking, now) else S(booking.status)
    made = Event()
    made.add("uid", str(booking.request_id))
    made.add("sequence", sequence)
    made.add("dtstamp", _second(booking.last_updated))
    made.add("last-modified", _second(booking.last_updated))
    made.add("created", _second(booking.created_at))
    made.add("status", _STATUS.get(state, CANCELLED))
    made.add("dtstart", _local(booking.start, zone))
    made.add("dtend", _local(booking.end, zone))
    made.add("organizer", _organizer())
    return made


def _driver_lines(booking: Booking, zone: ZoneInfo, language: str) -> list[str]:
    lines = [
        _when(booking, zone, language),
        say(language, "evse", evse=evse_name(booking.evse)),
        _plug(booking, language),
        say(language, "reference", reference=str(booking.reference)),
    ]
    if booking.status == S.RESERVED:
        until = AcceptedTerms.from_json(booking.terms).arrival_until(booking.start)
        lines.append(say(language, "arrive", until=when.clock(until, zone)))
    elif booking.status == S.HELD and booking.hold_expires_at:
        lines.append(say(language, S.HELD, until=when.clock(booking.hold_expires_at, zone)))
    elif booking.status == S.PENDING:
        lines.append(say(language, S.PENDING))
    return lines


def _when(booking: Booking, zone: ZoneInfo, language: str) -> str:
    """In words, for a calendar that shows entries by the reader's own clock."""
    parts = {
        "day": when.day(booking.start, zone, language),
        "span": when.span(booking.start, booking.end, zone, language),
        "zone": when.zone_name(zone, language),
    }
    return say(language, "when", **parts)


def _plug(booking: Booking, language: str) -> str:
    power, energy = (f"{number.normalize():f}" for number in (booking.power_kw, booking.energy_kwh))
    return say(language, "plug", connector=connector_name(booking), power=power, energy=energy)


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """By the site's clock. In UTC where that clock shows the time for the second time: a local time in a calendar
    always means the first (RFC 5545, 3.3.5)."""
    wall = instant.astimezone(zone).replace(microsecond=0)
    return _second(instant) if wall.fold else wall


def _second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _organizer() -> vCalAddress:
    """The installation itself, by an address that nobody reads: an entry names nobody of the station."""
    made = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    made.params["CN"] = "evbooking"
    return made


def _alarm(words: str) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", words)
    made.add("trigger", -_ALARM_AHEAD)
    return made


def _address(name: str, booking: Booking) -> str:
    path = reverse(name, args=[booking.reference])
    return f"{settings.PUBLIC_URL}{path}"
