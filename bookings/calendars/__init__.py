"""Bookings as iCalendar (RFC 5545): one for a download or a mail, many for a private feed.

Views import `documents` in the function that makes one: its library takes 7 MB, and most web processes make none.
"""
