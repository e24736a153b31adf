"""Bookings: the promise of a slot, its history, what repeats, who waits for one, and what was recommended."""

from bookings.models.booking import BILLED, BLOCKING, Booking, BookingTransition
from bookings.models.calendar import CalendarFeed
from bookings.models.later_date import LaterDate
from bookings.models.recommendation import RecommendationShown
from bookings.models.series import Series
from bookings.models.waitlist import CapacityGain, WaitlistEntry

__all__ = [
    "BILLED",
    "BLOCKING",
    "Booking",
    "BookingTransition",
    "CalendarFeed",
    "CapacityGain",
    "LaterDate",
    "RecommendationShown",
    "Series",
    "WaitlistEntry",
]
