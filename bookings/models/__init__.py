"""Bookings: the promise of a slot, its history, and what was recommended."""

from bookings.models.booking import BILLED, BLOCKING, Booking, BookingTransition
from bookings.models.recommendation import RecommendationShown

__all__ = ["BILLED", "BLOCKING", "Booking", "BookingTransition", "RecommendationShown"]
