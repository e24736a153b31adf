"""API operations of recurring bookings."""
