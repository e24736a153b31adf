"""What goes with a mail: the booking as an entry that the mail program enters, moves or takes out by itself (iMIP).

The entry says what the booking is when the mail is sent. Its SEQUENCE tells programs which of two is newer, so that
mails that overtake each other do no harm.
"""

from collections.abc import Iterator, Sequence
from email.mime.text import MIMEText
from typing import Final

from django.utils import timezone

from bookings.calendars import booking_calendar
from bookings.selectors.calendars import calendar_booking
from notifications.models import Notification

_WITH_ENTRY: Final = frozenset({"booking_reserved", "booking_changed", "booking_canceled"})


def attachments_of(messages: Sequence[Notification]) -> Iterator[MIMEText]:
    """One part for each booking that these messages to one person are about."""
    references = [message.data.get("reference", "") for message in messages if message.kind in _WITH_ENTRY]
    for reference in dict.fromkeys(references):
        if part := _entry(messages[0], reference):
            yield part


def _entry(message: Notification, reference: str) -> MIMEText | None:
    """text/calendar with its method, which RFC 6047, 2.4, asks for; None where the booking is not the recipient's."""
    booking = calendar_booking(message.recipient, reference)
    if booking is None:
        return None
    method, content = booking_calendar(
        booking,
        sequence=booking.sequence,  # type: ignore[attr-defined]
        language=message.language,
        now=timezone.now(),
        invited=message.recipient.email,
    )
    part = MIMEText(content.decode(), "calendar", "utf-8")
    part.set_param("method", method.value)
    part.add_header("Content-Disposition", "attachment", filename=f"booking-{reference}.ics")
    return part
