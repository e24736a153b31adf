"""What goes with a mail: the booking as an entry that the mail program enters, moves or takes out by itself (iMIP).

The entry says what the booking is when the mail is sent. Its SEQUENCE tells programs which of two is newer, so that
mails that overtake each other do no harm.
"""

from collections.abc import Iterator, Sequence
from email.mime.text import MIMEText
from typing import Final
from uuid import UUID

from django.utils import timezone

from bookings.calendars.documents import Method, booking_calendar, dates_calendar
from bookings.selectors.calendars import calendar_booking, calendar_dates
from notifications.models import Notification

_WITH_DATES: Final = frozenset({"series_booked", "series_changed", "series_canceled"})
_WITH_ENTRY: Final = frozenset({"booking_reserved", "booking_changed", "booking_canceled"})


def attachments_of(messages: Sequence[Notification]) -> Iterator[MIMEText]:
    """One part for each booking, and each series, that these messages to one person are about."""
    references = [message.data.get("reference", "") for message in messages if message.kind in _WITH_ENTRY]
    for reference in dict.fromkeys(references):
        if part := _entry(messages[0], reference):
            yield part
    series = [message.data.get("series", "") for message in messages if message.kind in _WITH_DATES]
    for series_id in filter(None, dict.fromkeys(series)):
        yield from _dates(messages[0], UUID(series_id))


def _entry(message: Notification, reference: str) -> MIMEText | None:
    """text/calendar with its method, which RFC 6047, 2.4, asks for; None where the booking is not the recipient's."""
    booking = calendar_booking(message.recipient, reference)
    if booking is None:
        return None
    method, content = booking_calendar(
        booking,
        sequence=booking.sequence,
        language=message.language,
        now=timezone.now(),
        invited=message.recipient.email,
    )
    return _part(content, method, f"booking-{reference}.ics")


def _dates(message: Notification, series_id: UUID) -> Iterator[MIMEText]:
    """All dates in one file to be added by hand: a mail program applies a REQUEST of one entry only."""
    dates = list(calendar_dates(message.recipient, series_id))
    if dates:
        content = dates_calendar(dates, language=message.language, now=timezone.now())
        yield _part(content, Method.PUBLISH, "bookings.ics")


def _part(content: bytes, method: Method, name: str) -> MIMEText:
    part = MIMEText(content.decode(), "calendar", "utf-8")
    part.set_param("method", method.value)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part
