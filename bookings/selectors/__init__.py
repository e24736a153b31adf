"""Reads of bookings and of what depends on them: shown status, search, lists, what pages need."""

from bookings.selectors.map import Box, Pin, pins_in, prices_from
from bookings.selectors.search import FoundStation, FreeTime, describe, search_stations
from bookings.selectors.statuses import ShownStatus, shown_status, station_status

__all__ = [
    "Box",
    "FoundStation",
    "FreeTime",
    "Pin",
    "ShownStatus",
    "describe",
    "pins_in",
    "prices_from",
    "search_stations",
    "shown_status",
    "station_status",
]
