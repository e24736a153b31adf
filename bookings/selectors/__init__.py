"""Reads of bookings and of what depends on them: shown status, search, lists."""

from bookings.selectors.filters import StationFilter
from bookings.selectors.nearby import Nearby, Place, find_stations
from bookings.selectors.statuses import ShownStatus, shown_status, station_status

__all__ = ["Nearby", "Place", "ShownStatus", "StationFilter", "find_stations", "shown_status", "station_status"]
