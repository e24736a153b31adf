"""What bookings have to say about a person's account: whether it may go, and what it holds."""

from typing import Any

from django.utils import timezone

from accounts.errors import OpenBookings
from accounts.exporting import export_rows
from accounts.models import User
from bookings.models import Booking, CalendarFeed, Series, WaitlistEntry
from bookings.selectors.mine import open_bookings_of


def refuse_with_open_bookings(user: User) -> None:
    """Raises OpenBookings while a booking of the person is not over; called under their `driver:` lock."""
    if open_bookings_of(user, timezone.now()).exists():
        raise OpenBookings


def export_bookings(user: User) -> list[dict[str, Any]]:
    """All bookings of a person for their data export, newest first, with what was paid and why it ended."""
    return export_rows(
        Booking.objects.filter(driver=user, reference__isnull=False).order_by("-start"),
        "reference",
        "station__name",
        "evse__uid",
        "connector",
        "start",
        "end",
        "status",
        "energy_kwh",
        "total_amount",
        "payment_status",
        "secured_amount",
        "currency",
        "fee_amount",
        "canceled_by",
        "canceled_reason",
        "arrived_at",
        "stopped_at",
        "created_at",
    )


def export_waitlist(user: User) -> list[dict[str, Any]]:
    """All places in line of a person for their data export, newest first."""
    found = WaitlistEntry.objects.filter(driver=user).order_by("-joined_at")
    wish = ("station__name", "connector", "earliest", "latest", "duration_minutes")
    return export_rows(found, *wish, "status", "joined_at", "ended_at")


def export_series(user: User) -> list[dict[str, Any]]:
    """All recurring bookings of a person for their data export, newest first; their dates are among the bookings."""
    found = Series.objects.filter(driver=user).order_by("-created_at")
    pattern = ("rrule", "first_day", "clock", "duration_minutes")
    return export_rows(found, "id", "station__name", *pattern, "created_at")


def export_calendars(user: User) -> list[dict[str, Any]]:
    """The private feeds of a person for their data export; the addresses themselves nobody knows but them."""
    found = CalendarFeed.objects.filter(user=user).order_by("created_at")
    return export_rows(found, "station__name", "created_at")


def forget_calendars(user: User) -> None:
    """The addresses of who deletes the account lead nowhere; called in the deleting transaction, refuses nobody."""
    CalendarFeed.objects.filter(user=user).delete()
