"""Which stations a search is about, nearest first."""

from bookings.places.filters import StationFilter
from bookings.places.nearby import Nearby, Place, find_stations

__all__ = ["Nearby", "Place", "StationFilter", "find_stations"]
