"""Recurring bookings: looked at first, then booked, changed and canceled, each date by itself."""
