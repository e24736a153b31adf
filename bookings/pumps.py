"""What the relay process does for bookings: it offers what came free to the waiting list."""

from bookings.services.waitlist.offering import offer_gains

__all__ = ["offer_gains"]
