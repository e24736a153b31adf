"""API operations of bookings, for drivers, operators and administrators."""
