"""Bookings: the promise of a slot, its history, and what was recommended."""

from bookings.models.booking import BLOCKING, Booking, BookingTransition
from bookings.models.recommendation import RecommendationShown

__all__ = ["BLOCKING", "Booking", "BookingTransition", "RecommendationShown"]
