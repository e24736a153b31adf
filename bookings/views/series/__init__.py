"""Pages of recurring bookings."""
