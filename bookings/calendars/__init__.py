"""Bookings as iCalendar (RFC 5545): one for a download or a mail, many for a private feed."""

from bookings.calendars.documents import ICS, Method, booking_calendar, dates_calendar, feed_calendar

__all__ = ["ICS", "Method", "booking_calendar", "dates_calendar", "feed_calendar"]
