"""Reading calendars back with the library, as calendar programs do."""

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from accounts.models import User
from bookings.calendars.documents import booking_calendar
from bookings.models import Booking
from bookings.selectors.calendars import calendar_booking


def calendar_of(driver: User, booking: Booking, *, now: datetime | None = None, **more: Any) -> Any:
    """The calendar of one booking, parsed again."""
    found = calendar_booking(driver, str(booking.reference))
    assert found
    values = {"sequence": found.sequence, "language": driver.locale, "now": now or booking.created_at, **more}
    _, content = booking_calendar(found, **values)
    return Calendar.from_ical(content)


def entry_of(calendar: Any) -> Any:
    """Its only entry."""
    [entry] = calendar.walk("VEVENT")
    return entry


def instant(entry: Any, name: str) -> datetime:
    """DTSTART or DTEND as an instant."""
    return datetime.fromisoformat(entry[name].dt.isoformat()).astimezone(UTC)
